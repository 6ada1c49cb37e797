package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Bytes;
import io.sallyport.mqtt.RawMqttClient.Connect;
import io.sallyport.mqtt.RawMqttClient.Packet;
import io.sallyport.mqtt.RawMqttClient.Published;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Numbered statements of both standards that the tests of behaviours do not come by; all are in
 * {@code docs/MQTT-CONFORMANCE.md}.
 */
class StatementsTest {
  @AutoClose private final TestServer server = new TestServer();

  /** v3:MQTT-3.1.2-16, -17; v5:MQTT-3.1.2-14, -15. */
  @ParameterizedTest(name = "version 5 {0}, retained {1}")
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void will_is_retained_as_its_flag_says(boolean version5, boolean retained) {
    Connect connect = new Connect("mortal").will("will", "gone", 1, retained);
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 1, "will");
      try (RawMqttClient mortal = server.client()) {
        if (version5) {
          mortal.connect5(connect);
        } else {
          mortal.login(connect);
        }
      }
      Published live = reader.expectPublish();
      assertThat(live.payload()).isEqualTo("gone");
      assertThat(live.retain()).isFalse();
      reader.sendAck(RawMqttClient.PUBACK, live.packetId());
      try (RawMqttClient late = server.client("late")) {
        late.subscribe(1, 1, "will");
        if (retained) {
          assertThat(late.expectPublish().retain()).isTrue();
        }
        late.expectNothingBeforePong();
      }
    }
  }

  /** v3:MQTT-3.1.2-12. */
  @Test
  void connection_without_a_will_leaves_none() {
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 1, "#");
      server.client("mortal").close();
      server.client("mortal").close();
      reader.expectNothingBeforePong();
      assertThat(server.gate.wills).isEmpty();
    }
  }

  /** MQTT-3.1.3-4; v3:MQTT-3.1.3-10, -11; v5:MQTT-3.1.3-11, -12. */
  @ParameterizedTest
  @ValueSource(strings = {"ident", "topic", "login"})
  void fields_of_connect_are_utf_8(String spoilt) {
    for (boolean version5 : List.of(false, true)) {
      Connect connect = new Connect("ident").will("topic", "w", 0, false).login("login", "secret");
      byte[] bytes = version5 ? connect.version5().bytes() : connect.bytes();
      int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(spoilt);
      // Half of a surrogate pair, as three bytes.
      bytes[at] = (byte) 0xED;
      bytes[at + 1] = (byte) 0xA0;
      bytes[at + 2] = (byte) 0x80;
      try (RawMqttClient client = server.client()) {
        client.send(bytes);
        if (version5) {
          assertThat(client.expectConnAck5().code()).isEqualTo(0x81);
        }
        client.expectClosed();
      }
    }
    assertThat(server.gate.bindings).isEmpty();
  }

  /** MQTT-3.1.3-5. */
  @ParameterizedTest
  @ValueSource(
      strings = {"0", "abcdefghijklmnopqrstuvw", "ABCDEFGHIJKLMNOPQRSTUVW", "xyzXYZ0123456789"})
  void client_ids_of_1_to_23_letters_and_digits_are_let_in(String clientId) {
    try (RawMqttClient client = server.client()) {
      client.login(clientId, true);
      assertThat(server.gate.binding(clientId).clientId).isEqualTo(clientId);
    }
    try (RawMqttClient client = server.client()) {
      assertThat(client.connect5(new Connect(clientId)).code()).isZero();
    }
  }

  /** v5:MQTT-3.2.2-1. */
  @Test
  void reserved_bits_of_connack_are_0() {
    byte[] connect = new Connect("c").clean(false).bytes();
    for (int flags = 0; flags <= 1; flags++) {
      try (RawMqttClient client = server.client()) {
        client.send(connect);
        Packet ack = client.expect(RawMqttClient.CONNACK);
        assertThat(ack.firstByte()).isEqualTo(0x20);
        assertThat(ack.body().unsignedByte(0)).isEqualTo(flags);
      }
    }
  }

  /** v5:MQTT-3.1.2-28: it is not offered, so not sent where it is asked for either. */
  @ParameterizedTest
  @ValueSource(strings = {"1900", "1901", ""})
  void response_information_is_not_sent(String requestResponseInformation) {
    try (RawMqttClient client = server.client()) {
      Connect connect = new Connect("c").properties(new Bytes().hex(requestResponseInformation));
      assertThat(client.connect5(connect).properties())
          .isNotEmpty()
          .noneMatch(property -> property.startsWith("1A="));
    }
  }

  /** MQTT-3.10.4-6; v5:MQTT-3.11.3-1, -2. */
  @Test
  void several_filters_of_unsubscribe_get_one_answer_with_a_code_each() {
    try (RawMqttClient client = server.client()) {
      client.connect5(new Connect("c"));
      client.subscribe5(1, 1, new Bytes(), "a", "b");
      Bytes body = new Bytes().u16(2).u8(0).text("b").text("none").text("a");
      client.send(RawMqttClient.packet(0xA2, body));
      assertThat(client.expect(RawMqttClient.UNSUBACK).hex()).isEqualTo("0002" + "00" + "001100");
      client.expectNothingBeforePong();
    }
    try (RawMqttClient client = server.client("d")) {
      client.subscribe(1, 1, "a", "b");
      client.sendUnsubscribe(2, "b", "none", "a");
      assertThat(client.expect(RawMqttClient.UNSUBACK).hex()).isEqualTo("0002");
      client.expectNothingBeforePong();
    }
  }

  /** v3:MQTT-3.8.4-6; v5:MQTT-3.8.4-8. */
  @ParameterizedTest(name = "published {0}, granted {1}")
  @CsvSource({"0,0", "0,1", "0,2", "1,0", "1,1", "1,2", "2,0", "2,1", "2,2"})
  void copy_has_the_lower_of_the_two_qos(int published, int granted) {
    try (RawMqttClient reader = server.client("reader");
        RawMqttClient writer = server.client("writer")) {
      reader.subscribe(1, granted, "t");
      writer.sendPublish("t", "m", published, published == 0 ? 0 : 1);
      assertThat(reader.expectPublish().qos()).isEqualTo(Math.min(published, granted));
    }
  }

  /** MQTT-3.14.4-1, -2: seen from the side that must not take it. */
  @Test
  void what_comes_behind_disconnect_is_not_taken() {
    try (RawMqttClient reader = server.client("reader");
        RawMqttClient writer = server.client("writer")) {
      reader.subscribe(1, 0, "t");
      byte[] disconnect = {(byte) 0xE0, 0};
      byte[] publish = RawMqttClient.publish("t", "late", 0, 0, false, false);
      byte[] both = new byte[disconnect.length + publish.length];
      System.arraycopy(disconnect, 0, both, 0, disconnect.length);
      System.arraycopy(publish, 0, both, disconnect.length, publish.length);
      writer.send(both).expectClosed();
      reader.expectNothingBeforePong();
    }
  }
}
