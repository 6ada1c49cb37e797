package io.sallyport.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.MessageProperties;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Password;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.codec.MqttPacket.Publish;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One table of packets of 3.x and their bytes drives decoder and encoder; beside it what is
 * malformed. {@link Version5TableTest} is its twin.
 */
class PacketTableTest {
  static Stream<PacketRow> fromClient() {
    return Stream.of(
        row(
            "CONNECT, all there is",
            "10 24 0004 4D515454 04 EE 003C 0003 646576 0001 77 0002 6869 0004 75736572 0006"
                + " 736563726574",
            new MqttPacket.Connect(
                MqttVersion.V3_1_1,
                "dev",
                true,
                60,
                new MqttPacket.Will(
                    new Message("w", bytes("hi"), Qos.AT_LEAST_ONCE, true, null), 0),
                "user",
                new Password(bytes("secret")),
                ConnectProperties.NONE)),
        row(
            "CONNECT, nothing optional",
            "10 0F 0004 4D515454 04 00 FFFF 0003 646576",
            new MqttPacket.Connect(
                MqttVersion.V3_1_1,
                "dev",
                false,
                65_535,
                null,
                null,
                null,
                ConnectProperties.NONE)),
        row(
            "CONNECT of 3.1",
            "10 11 0006 4D5149736470 03 02 0000 0003 646576",
            new MqttPacket.Connect(
                MqttVersion.V3_1, "dev", true, 0, null, null, null, ConnectProperties.NONE)),
        row("PUBLISH QoS 0", "30 05 0003 612F62", publish("a/b", "", Qos.AT_MOST_ONCE, 0)),
        row(
            "PUBLISH QoS 1",
            "32 09 0003 612F62 0007 6869",
            publish("a/b", "hi", Qos.AT_LEAST_ONCE, 7)),
        row(
            "PUBLISH QoS 2, retained, duplicate",
            "3D 06 0002 C3A9 0007",
            new Publish("é", new byte[0], Qos.EXACTLY_ONCE, true, true, 7, MessageProperties.NONE)),
        row("PUBACK", "40 02 0102", new MqttPacket.PubAck(258, 0, AckProperties.NONE)),
        row("PUBREC", "50 02 FFFF", new MqttPacket.PubRec(65_535, 0, AckProperties.NONE)),
        row("PUBREL", "62 02 0001", new MqttPacket.PubRel(1, 0, AckProperties.NONE)),
        row("PUBCOMP", "70 02 0001", new MqttPacket.PubComp(1, 0, AckProperties.NONE)),
        row(
            "SUBSCRIBE",
            "82 0B 0001 0001 23 02 0002 2F2B 00",
            new MqttPacket.Subscribe(
                1,
                List.of(
                    new MqttPacket.Filter("#", Qos.EXACTLY_ONCE),
                    new MqttPacket.Filter("/+", Qos.AT_MOST_ONCE)),
                SubscribeProperties.NONE)),
        row(
            "UNSUBSCRIBE",
            "A2 08 0001 0001 61 0001 62",
            new MqttPacket.Unsubscribe(1, List.of("a", "b"), List.of())),
        row("PINGREQ", "C0 00", MqttPacket.PingReq.PINGREQ),
        row("DISCONNECT", "E0 00", MqttPacket.Disconnect.NORMAL));
  }

  static Stream<PacketRow> fromServer() {
    return Stream.of(
        row("CONNACK", "20 02 01 00", new MqttPacket.ConnAck(true, 0, ConnAckProperties.NONE)),
        row("refusal", "20 02 00 05", new MqttPacket.ConnAck(false, 5, ConnAckProperties.NONE)),
        row(
            "SUBACK",
            "90 05 0001 00 80 02",
            new MqttPacket.SubAck(1, List.of(0, 0x80, 2), AckProperties.NONE)),
        row("UNSUBACK", "B0 02 0001", new MqttPacket.UnsubAck(1, List.of(), AckProperties.NONE)),
        row("PINGRESP", "D0 00", MqttPacket.PingResp.PINGRESP));
  }

  @ParameterizedTest
  @MethodSource("fromClient")
  void bytes_become_the_packet(PacketRow row) {
    ByteBuf in = Unpooled.wrappedBuffer(row.bytes());
    assertThat(row.decoder().decode(in)).usingRecursiveComparison().isEqualTo(row.packet());
    assertThat(in.isReadable()).isFalse();
  }

  @ParameterizedTest
  @MethodSource({"fromClient", "fromServer"})
  void packet_becomes_the_bytes(PacketRow row) {
    ByteBuf out = Unpooled.buffer();
    PacketEncoder.encode(row.packet(), row.version(), out);
    assertThat(ByteBufUtil.hexDump(out)).isEqualTo(HexFormat.of().formatHex(row.bytes()));
  }

  /** MESSAGING.md section 7 row 17: all 256 first bytes, MQTT-2.2.2-2, v5:MQTT-2.1.3-1. */
  @ParameterizedTest
  @EnumSource(
      value = MqttVersion.class,
      names = {"V3_1_1", "V5"})
  void only_the_first_bytes_of_the_standard_are_taken(MqttVersion version) {
    Set<Integer> allowed = new TreeSet<>();
    for (int b : new int[] {0x40, 0x50, 0x62, 0x70, 0x82, 0xA2, 0xC0, 0xE0}) {
      allowed.add(b);
    }
    for (int b : new int[] {0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x3A, 0x3B, 0x3C, 0x3D}) {
      allowed.add(b);
    }
    if (version == MqttVersion.V5) {
      allowed.add(0xF0);
    }
    for (int first = 0; first < 256; first++) {
      Decoded decoded =
          PacketRow.open(version).decode(Unpooled.wrappedBuffer(new byte[] {(byte) first}));
      assertThat(decoded == Decoded.Incomplete.INCOMPLETE)
          .as("first byte %02X", first)
          .isEqualTo(allowed.contains(first));
      Decoded before = PacketRow.fresh().decode(Unpooled.wrappedBuffer(new byte[] {(byte) first}));
      assertThat(before == Decoded.Incomplete.INCOMPLETE).isEqualTo(first == 0x10);
    }
  }

  /** MQTT 3.1 §2.1: SUBSCRIBE, UNSUBSCRIBE and PUBREL may be repeated with DUP there. */
  @ParameterizedTest
  @ValueSource(strings = {"6A020001", "8A06000100016100", "AA050001000161"})
  void duplicate_flag_of_3_1_is_taken_in_3_1_only(String hex) {
    PacketDecoder old = PacketRow.fresh();
    old.admit(MqttVersion.V3_1, ClientLimits.DEFAULT, PacketRow.FROM_CLIENT);
    assertThat(old.decode(hex(hex))).isInstanceOf(MqttPacket.class);
    assertThat(open().decode(hex(hex)))
        .isEqualTo(new Decoded.Malformed(MalformedCause.RESERVED_BITS));
  }

  @ParameterizedTest
  @CsvSource({
    "QoS 3 (MQTT-3.3.1-4), 3605000161 0001, QOS",
    "DUP with QoS 0 (MQTT-3.3.1-2), 3803000161, DUPLICATE_FLAG",
    "packet id 0 (MQTT-2.3.1-1), 32050001610000, PACKET_ID",
    "PUBACK with id 0, 40020000, PACKET_ID",
    "UNSUBSCRIBE with id 0, A205000000016 1, PACKET_ID",
    "packet id missing, 3203000161, FIELD_BEYOND_END",
    "topic beyond the end, 30030002 61, FIELD_BEYOND_END",
    "topic length missing, 300100, FIELD_BEYOND_END",
    "empty topic (MQTT-4.7.3-1), 30020000, TOPIC_EMPTY",
    "# in topic (MQTT-3.3.2-2), 30050003612F23, TOPIC_WILDCARD",
    "+ in topic, 3003 00012B, TOPIC_WILDCARD",
    "U+0000 (MQTT-1.5.3-2), 3003000100, TEXT",
    "lone continuation byte, 3003000180, TEXT",
    "overlong slash, 30040002C0AF, TEXT",
    "overlong in three bytes, 30050003E080AF, TEXT",
    "surrogate U+D800 (MQTT-1.5.3-1), 30050003EDA080, TEXT",
    "above U+10FFFF, 30060004F4908080, TEXT",
    "truncated sequence, 30040002E282, TEXT",
    "byte FE, 30030001FE, TEXT",
    "PUBACK too long, 4003000100, TRAILING_BYTES",
    "PUBACK too short, 400100, FIELD_BEYOND_END",
    "PINGREQ with a body, C00100, TRAILING_BYTES",
    "DISCONNECT with a body, E00100, TRAILING_BYTES",
    "five length bytes, C08080808000, REMAINING_LENGTH",
    "length not in its shortest form, C08000, REMAINING_LENGTH",
    "SUBSCRIBE without filter (MQTT-3.8.3-3), 82020001, NO_FILTERS",
    "SUBSCRIBE with QoS 3, 8206000100016103, QOS",
    "UNSUBSCRIBE without filter (MQTT-3.10.3-2), A2020001, NO_FILTERS",
    "filter a#, 82070001000261 2300, FILTER_SYNTAX",
    "CONNACK to the server (CVE-2021-28166), 20020000, UNEXPECTED_PACKET",
    "AUTH in 3.1.1, F000, UNEXPECTED_PACKET"
  })
  void malformed_packet_is_named(String what, String hex, MalformedCause cause) {
    assertThat(open().decode(hex(hex))).isEqualTo(new Decoded.Malformed(cause));
  }

  /** MESSAGING.md section 7 row 14: kept as it is [MQTT-1.5.3-3]. */
  @Test
  void byte_order_mark_and_wide_characters_are_kept() {
    Decoded decoded = open().decode(hex("30 09 0007 EFBBBF F09F9880"));
    assertThat(((Publish) decoded).topic()).isEqualTo("\uFEFF\uD83D\uDE00");
  }

  @Test
  void topics_are_bounded_in_length_and_depth() {
    assertThat(publishTo("x".repeat(1_024))).isInstanceOf(Publish.class);
    assertThat(publishTo("x".repeat(1_025)))
        .isEqualTo(new Decoded.Malformed(MalformedCause.TOPIC_TOO_LONG));
    assertThat(publishTo("/".repeat(31))).isInstanceOf(Publish.class);
    assertThat(publishTo("/".repeat(32)))
        .isEqualTo(new Decoded.Malformed(MalformedCause.TOPIC_TOO_DEEP));
  }

  @Test
  void filters_are_bounded_in_wildcards_and_number() {
    assertThat(subscribeTo("+/".repeat(15) + "#", 1)).isInstanceOf(MqttPacket.Subscribe.class);
    assertThat(subscribeTo("+/".repeat(16) + "#", 1))
        .isEqualTo(new Decoded.Malformed(MalformedCause.TOPIC_TOO_DEEP));
    assertThat(subscribeTo("t", 100)).isInstanceOf(MqttPacket.Subscribe.class);
    assertThat(subscribeTo("t", 101))
        .isEqualTo(new Decoded.Malformed(MalformedCause.TOO_MANY_FILTERS));
  }

  /** Section 8: decided after at most five bytes, whatever length is declared. */
  @ParameterizedTest
  @CsvSource({"10 818001, FIRST_PACKET_TOO_LARGE", "10 FFFFFF7F, FIRST_PACKET_TOO_LARGE"})
  void first_packet_too_large_is_decided_on_its_header(String hex, MalformedCause cause) {
    assertThat(PacketRow.fresh().decode(hex(hex))).isEqualTo(new Decoded.Malformed(cause));
  }

  /** A topic repeated by its bytes is the same text, so that it is checked and made once. */
  @Test
  void repeated_topic_is_the_same_text() {
    PacketDecoder decoder = open();
    Publish first = (Publish) decoder.decode(hex("30 04 0002 6161"));
    Publish same = (Publish) decoder.decode(hex("30 04 0002 6161"));
    Publish other = (Publish) decoder.decode(hex("30 04 0002 6162"));
    assertThat(same.topic()).isSameAs(first.topic());
    assertThat(other.topic()).isEqualTo("ab");
  }

  private static PacketDecoder open() {
    return PacketRow.open(MqttVersion.V3_1_1);
  }

  private static Decoded publishTo(String topic) {
    ByteBuf out = Unpooled.buffer();
    PacketEncoder.encode(publish(topic, "", Qos.AT_MOST_ONCE, 0), MqttVersion.V3_1_1, out);
    return open().decode(out);
  }

  private static Decoded subscribeTo(String filter, int times) {
    ByteBuf out = Unpooled.buffer();
    List<MqttPacket.Filter> filters =
        Stream.generate(() -> new MqttPacket.Filter(filter, Qos.AT_MOST_ONCE))
            .limit(times)
            .toList();
    PacketEncoder.encode(
        new MqttPacket.Subscribe(1, filters, SubscribeProperties.NONE), MqttVersion.V3_1_1, out);
    return open().decode(out);
  }

  private static Publish publish(String topic, String payload, Qos qos, int packetId) {
    return new Publish(topic, bytes(payload), qos, false, false, packetId, MessageProperties.NONE);
  }

  private static PacketRow row(String name, String hex, MqttPacket packet) {
    MqttVersion version =
        packet instanceof MqttPacket.Connect connect ? connect.version() : MqttVersion.V3_1_1;
    return new PacketRow(name, version, hex, packet);
  }

  private static ByteBuf hex(String hex) {
    return PacketRow.buffer(hex);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
