package io.sallyport.watson.testing;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.CloseReason;
import java.util.concurrent.atomic.AtomicReference;

/** How one PUBLISH was answered; a second answer is an error. */
public final class TestAck implements Ack {
  public static final String ACCEPTED = "accepted";
  public static final String OPEN = "open";

  private final AtomicReference<String> answer = new AtomicReference<>(OPEN);
  private final TestClient client;

  TestAck(TestClient client) {
    this.client = client;
  }

  /** {@code open}, {@code accepted}, {@code refused 0x87} or {@code close NOT_AUTHORIZED}. */
  public String answer() {
    return answer.get();
  }

  @Override
  public void accepted() {
    give(ACCEPTED);
  }

  @Override
  public void refused(int reasonCode) {
    give("refused 0x" + Integer.toHexString(reasonCode));
  }

  @Override
  public void close(CloseReason reason) {
    give("close " + reason);
    client.end(reason);
  }

  private void give(String text) {
    if (!answer.compareAndSet(OPEN, text)) {
      throw new IllegalStateException("answered twice: " + answer.get() + ", " + text);
    }
  }
}
