package io.sallyport.mqtt.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirstBytesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''             | MORE",
        "'\u0010' | MQTT",
        "'\u0010\u0000' | MQTT",
        "G              | MORE",
        "GET            | MORE",
        "'GET '         | HTTP",
        "'GET /x HTTP'  | HTTP",
        "P              | MORE",
        "'POST '        | HTTP",
        "'PUT '         | HTTP",
        "'PATCH '       | HTTP",
        "OPTIONS        | MORE",
        "'OPTIONS '     | HTTP",
        "'DELETE '      | HTTP",
        "'HEAD '        | HTTP",
        "PRI            | UNKNOWN",
        "'CONNECT '     | UNKNOWN",
        "'TRACE '       | HTTP",
        "'get '         | UNKNOWN",
        "GETX           | UNKNOWN",
        "'SSH-2.0'      | UNKNOWN",
        "'\u0016\u0003' | UNKNOWN",
        "'\u0011' | UNKNOWN",
        "' '            | UNKNOWN",
      })
  void first_bytes_tell_the_protocol(String bytes, FirstBytes expected) {
    assertThat(FirstBytes.of(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1)))
        .isEqualTo(expected);
  }
}
