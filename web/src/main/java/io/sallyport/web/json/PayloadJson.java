package io.sallyport.web.json;

import io.sallyport.platform.base.Payload;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/** The two ways in which answers carry payloads; each is encoded only while it is written. */
public final class PayloadJson {
  private PayloadJson() {}

  /** As it came; only for what {@link EmbeddedJson} let pass. */
  public static final class Verbatim extends ValueSerializer<Payload> {
    @Override
    public void serialize(Payload value, JsonGenerator json, SerializationContext context) {
      json.writeRawValue(new String(value.sharedBytes(), StandardCharsets.UTF_8));
    }
  }

  /** With padding, without line breaks. */
  public static final class Base64 extends ValueSerializer<Payload> {
    @Override
    public void serialize(Payload value, JsonGenerator json, SerializationContext context) {
      json.writeBinary(value.sharedBytes());
    }
  }
}
