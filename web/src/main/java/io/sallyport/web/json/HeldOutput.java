package io.sallyport.web.json;

import java.io.IOException;
import java.io.OutputStream;
import org.springframework.http.HttpOutputMessage;

/**
 * Holds the beginning of an answer back: what fails early still gives a clean answer, and what ends
 * early has a length. The rest passes through.
 */
final class HeldOutput extends OutputStream {
  private static final int HELD_BYTES = 16_384;

  private final HttpOutputMessage output;
  private final byte[] held = new byte[HELD_BYTES];
  private int count;
  private boolean passing;

  HeldOutput(HttpOutputMessage output) {
    this.output = output;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (!passing && length <= HELD_BYTES - count) {
      System.arraycopy(bytes, offset, held, count, length);
      count += length;
      return;
    }
    pass();
    output.getBody().write(bytes, offset, length);
  }

  /** Lets the held bytes out; to be called when all was written. */
  void finish() throws IOException {
    if (!passing) {
      output.getHeaders().setContentLength(count);
      pass();
    }
  }

  private void pass() throws IOException {
    if (!passing) {
      passing = true;
      output.getBody().write(held, 0, count);
    }
  }
}
