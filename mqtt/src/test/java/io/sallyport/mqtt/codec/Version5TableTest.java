package io.sallyport.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.MessageProperties;
import io.sallyport.mqtt.MessageProperties.PayloadFormat;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Password;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.ReasonCode;
import io.sallyport.mqtt.UserProperty;
import io.sallyport.mqtt.codec.MqttPacket.Publish;
import io.sallyport.mqtt.codec.MqttPacket.RetainHandling;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One table of packets of version 5 and their bytes drives decoder and encoder; beside it what is
 * malformed. Clauses and sections are those of MQTT 5.
 */
class Version5TableTest {
  private static final MessageProperties ALL =
      new MessageProperties(
          PayloadFormat.UTF_8,
          60,
          "text",
          "r/t",
          new byte[] {(byte) 0xCA, (byte) 0xFE},
          List.of(new UserProperty("a", "b")));
  private static final AckProperties WHY =
      new AckProperties("why", List.of(new UserProperty("x", "y"), new UserProperty("x", "z")));

  static Stream<PacketRow> fromClient() {
    return Stream.of(
        row(
            "CONNECT, nothing optional",
            "10 10 0004 4D515454 05 02 003C 00 0003 646576",
            connect(true, 60, null, null, null, ConnectProperties.NONE)),
        row(
            "CONNECT without client id (v5:MQTT-3.1.3-6)",
            "10 0D 0004 4D515454 05 00 0000 00 0000",
            new MqttPacket.Connect(
                MqttVersion.V5, "", false, 0, null, null, null, ConnectProperties.NONE)),
        row(
            "CONNECT, password without user name (§3.1.2.9)",
            "10 18 0004 4D515454 05 42 003C 00 0003 646576 0006 736563726574",
            connect(true, 60, null, null, new Password(bytes("secret")), ConnectProperties.NONE)),
        row(
            "CONNECT with every property",
            "10 3F 0004 4D515454 05 02 003C 2F 11 0000000A 21 0014 27 00010000 22"
                + " 0008 19 01 17 00 26 0001 6B 0001 76 26 0001 6B 0000 15 0005"
                + " 534352414D 16 0003 000102 0003 646576",
            connect(
                true,
                60,
                null,
                null,
                null,
                new ConnectProperties(
                    10,
                    20,
                    65_536,
                    8,
                    true,
                    false,
                    List.of(new UserProperty("k", "v"), new UserProperty("k", "")),
                    new Authentication("SCRAM", new byte[] {0, 1, 2})))),
        row(
            "CONNECT whose session never expires",
            "10 15 0004 4D515454 05 00 0000 05 11 FFFFFFFF 0003 646576",
            connect(
                false,
                0,
                null,
                null,
                null,
                new ConnectProperties(
                    ConnectProperties.NEVER_EXPIRES,
                    65_535,
                    ConnectProperties.PACKET_BYTES_UNLIMITED,
                    0,
                    false,
                    true,
                    List.of(),
                    null))),
        row(
            "CONNECT, will without properties, user name",
            "10 1E 0004 4D515454 05 AC 003C 00 0003 646576 00 0001 77 0002 6869" + " 0004 75736572",
            connect(
                false,
                60,
                new MqttPacket.Will(
                    new Message("w", bytes("hi"), Qos.AT_LEAST_ONCE, true, null), 0),
                "user",
                null,
                ConnectProperties.NONE)),
        row(
            "CONNECT, will with every property",
            "10 3D 0004 4D515454 05 14 003C 00 0003 646576 25 18 00000005 02"
                + " 0000003C 01 01 03 0004 74657874 08 0003 722F74 09 0002 CAFE 26 0001"
                + " 61 0001 62 0003 772F78 0000",
            connect(
                false,
                60,
                new MqttPacket.Will(
                    new Message("w/x", new byte[0], Qos.EXACTLY_ONCE, false, null, ALL), 5),
                null,
                null,
                ConnectProperties.NONE)),
        row(
            "PUBLISH QoS 0 without properties",
            "30 08 0003 612F62 00 6869",
            publish("a/b", "hi", Qos.AT_MOST_ONCE, 0, MessageProperties.NONE, 0)),
        row(
            "PUBLISH QoS 1 with every property",
            "33 2D 0003 612F62 0007 23 23 0010 02 0000003C 01 01 03 0004 74657874"
                + " 08 0003 722F74 09 0002 CAFE 26 0001 61 0001 62 6869",
            new Publish(
                "a/b",
                bytes("hi"),
                Qos.AT_LEAST_ONCE,
                true,
                false,
                7,
                ALL,
                16,
                SubscriptionIds.NONE)),
        row(
            "PUBLISH by alias alone (§3.3.2.3.4)",
            "3C 0A 0000 0007 03 23 FFFF 6869",
            new Publish(
                "",
                bytes("hi"),
                Qos.EXACTLY_ONCE,
                false,
                true,
                7,
                MessageProperties.NONE,
                65_535,
                SubscriptionIds.NONE)),
        row(
            "PUBLISH that expires at once, of bytes",
            "30 0C 0002 C3A9 07 02 00000000 01 00",
            publish(
                "é",
                "",
                Qos.AT_MOST_ONCE,
                0,
                new MessageProperties(PayloadFormat.BYTES, 0, null, null, null, List.of()),
                0)),
        row(
            "PUBLISH, expiry at its largest, empty correlation data",
            "30 0C 0001 74 08 02 FFFFFFFF 09 0000",
            publish(
                "t",
                "",
                Qos.AT_MOST_ONCE,
                0,
                new MessageProperties(
                    PayloadFormat.UNSPECIFIED, 0xFFFF_FFFFL, null, null, new byte[0], List.of()),
                0)),
        row("PUBACK, short", "40 02 0102", new MqttPacket.PubAck(258, 0, AckProperties.NONE)),
        row(
            "PUBACK with reason",
            "40 03 0102 10",
            new MqttPacket.PubAck(258, 0x10, AckProperties.NONE)),
        row(
            "PUBACK with properties",
            "40 18 FFFF 00 14 1F 0003 776879 26 0001 78 0001 79 26 0001 78 0001 7A",
            new MqttPacket.PubAck(65_535, 0, WHY)),
        row("PUBREC, short", "50 02 0102", new MqttPacket.PubRec(258, 0, AckProperties.NONE)),
        row(
            "PUBREC with reason",
            "50 03 0102 10",
            new MqttPacket.PubRec(258, 0x10, AckProperties.NONE)),
        row(
            "PUBREC with properties",
            "50 18 FFFF 00 14 1F 0003 776879 26 0001 78 0001 79 26 0001 78 0001 7A",
            new MqttPacket.PubRec(65_535, 0, WHY)),
        row("PUBREL, short", "62 02 0102", new MqttPacket.PubRel(258, 0, AckProperties.NONE)),
        row(
            "PUBREL with reason",
            "62 03 0102 92",
            new MqttPacket.PubRel(258, 0x92, AckProperties.NONE)),
        row(
            "PUBREL with properties",
            "62 18 FFFF 00 14 1F 0003 776879 26 0001 78 0001 79 26 0001 78 0001 7A",
            new MqttPacket.PubRel(65_535, 0, WHY)),
        row("PUBCOMP, short", "70 02 0102", new MqttPacket.PubComp(258, 0, AckProperties.NONE)),
        row(
            "PUBCOMP with reason",
            "70 03 0102 92",
            new MqttPacket.PubComp(258, 0x92, AckProperties.NONE)),
        row(
            "PUBCOMP with properties",
            "70 18 FFFF 00 14 1F 0003 776879 26 0001 78 0001 79 26 0001 78 0001 7A",
            new MqttPacket.PubComp(65_535, 0, WHY)),
        row(
            "SUBSCRIBE, all options",
            "82 1B 0001 00 0001 23 2E 0002 2F2B 00 000C 2473686172652F672F612F23 11",
            new MqttPacket.Subscribe(
                1,
                List.of(
                    new MqttPacket.Filter(
                        "#", Qos.EXACTLY_ONCE, true, true, RetainHandling.DO_NOT_SEND),
                    new MqttPacket.Filter("/+", Qos.AT_MOST_ONCE),
                    new MqttPacket.Filter(
                        "$share/g/a/#",
                        Qos.AT_LEAST_ONCE,
                        false,
                        false,
                        RetainHandling.SEND_IF_NEW)),
                SubscribeProperties.NONE)),
        row(
            "SUBSCRIBE with identifier",
            "82 13 0001 0C 0B FFFFFF7F 26 0001 61 0001 62 0001 74 01",
            new MqttPacket.Subscribe(
                1,
                List.of(new MqttPacket.Filter("t", Qos.AT_LEAST_ONCE)),
                new SubscribeProperties(268_435_455, List.of(new UserProperty("a", "b"))))),
        row(
            "UNSUBSCRIBE",
            "A2 12 0001 00 0001 61 000A 2473686172652F672F62",
            new MqttPacket.Unsubscribe(1, List.of("a", "$share/g/b"), List.of())),
        row(
            "UNSUBSCRIBE with properties",
            "A2 0D 0001 07 26 0001 61 0001 62 0001 61",
            new MqttPacket.Unsubscribe(1, List.of("a"), List.of(new UserProperty("a", "b")))),
        row("PINGREQ", "C0 00", MqttPacket.PingReq.PINGREQ),
        row("DISCONNECT, short", "E0 00", MqttPacket.Disconnect.NORMAL),
        row(
            "DISCONNECT with will",
            "E0 01 04",
            new MqttPacket.Disconnect(4, DisconnectProperties.NONE)),
        row(
            "DISCONNECT with properties",
            "E0 14 00 12 11 00000000 1F 0003 627965 26 0001 61 0001 62",
            new MqttPacket.Disconnect(
                0, new DisconnectProperties(0, "bye", null, List.of(new UserProperty("a", "b"))))),
        row(
            "AUTH, going on",
            "F0 0E 18 0C 15 0005 534352414D 16 0001 00",
            new MqttPacket.Auth(
                0x18,
                new AuthProperties(new Authentication("SCRAM", new byte[1]), null, List.of()))),
        row(
            "AUTH again",
            "F0 15 19 13 15 0005 534352414D 1F 0001 72 26 0001 61 0001 62",
            new MqttPacket.Auth(
                0x19,
                new AuthProperties(
                    new Authentication("SCRAM", null), "r", List.of(new UserProperty("a", "b"))))));
  }

  static Stream<PacketRow> fromServer() {
    return Stream.of(
        row("CONNACK", "20 03 01 00 00", new MqttPacket.ConnAck(true, 0, ConnAckProperties.NONE)),
        row(
            "refusal",
            "20 03 00 84 00",
            new MqttPacket.ConnAck(false, 0x84, ConnAckProperties.NONE)),
        row(
            "CONNACK with every property",
            "20 46 00 00 43 11 00000E10 21 0064 27 00040000 22 0010 24 01 25 00 12"
                + " 0006 6175746F2D31 1F 0003 776879 26 0001 61 0001 62 28 00 29 00 2A"
                + " 00 13 04B0 1A 0001 69 1C 0001 73 15 0001 6D 16 0001 07",
            new MqttPacket.ConnAck(
                false,
                0,
                new ConnAckProperties.Builder()
                    .sessionExpirySeconds(3_600)
                    .receiveMax(100)
                    .packetBytesMax(262_144)
                    .topicAliasMax(16)
                    .qosMax(Qos.AT_LEAST_ONCE)
                    .retainAvailable(false)
                    .assignedClientId("auto-1")
                    .reasonString("why")
                    .userProperties(List.of(new UserProperty("a", "b")))
                    .wildcardSubscriptionsAvailable(false)
                    .subscriptionIdentifiersAvailable(false)
                    .sharedSubscriptionsAvailable(false)
                    .serverKeepAliveSeconds(1_200)
                    .responseInformation("i")
                    .serverReference("s")
                    .authentication(new Authentication("m", new byte[] {7}))
                    .build())),
        row(
            "PUBLISH to a subscriber",
            "33 19 0003 612F62 0007 0F 23 0002 02 00000009 0B 01 0B 8001 01 00 6869",
            new Publish(
                "a/b",
                bytes("hi"),
                Qos.AT_LEAST_ONCE,
                true,
                false,
                7,
                new MessageProperties(PayloadFormat.BYTES, 9, null, null, null, List.of()),
                2,
                SubscriptionIds.of(1).plus(128))),
        row(
            "SUBACK",
            "90 0C 0001 06 1F 0003 776879 00 87 02",
            new MqttPacket.SubAck(1, List.of(0, 0x87, 2), AckProperties.of("why"))),
        row(
            "UNSUBACK",
            "B0 05 0001 00 00 11",
            new MqttPacket.UnsubAck(1, List.of(0, 0x11), AckProperties.NONE)),
        row("PINGRESP", "D0 00", MqttPacket.PingResp.PINGRESP),
        row(
            "DISCONNECT to the client",
            "E0 01 8E",
            new MqttPacket.Disconnect(0x8E, DisconnectProperties.NONE)),
        row(
            "DISCONNECT to another server",
            "E0 0C 9C 0A 1F 0003 776879 1C 0001 73",
            new MqttPacket.Disconnect(
                0x9C,
                new DisconnectProperties(DisconnectProperties.UNCHANGED, "why", "s", List.of()))),
        row(
            "AUTH from the server",
            "F0 0E 18 0C 15 0005 534352414D 16 0001 09",
            new MqttPacket.Auth(
                0x18,
                new AuthProperties(new Authentication("SCRAM", new byte[] {9}), null, List.of()))));
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

  /** What is 0 or empty may also be written out: §3.4.2.1, §3.14.2.1. */
  @ParameterizedTest
  @CsvSource({
    "4003 0001 00, 40020001",
    "4004 0001 00 00, 40020001",
    "4004 0001 10 00, 4003000110",
    "6204 0001 00 00, 62020001",
    "E001 00, E000",
    "E002 00 00, E000",
    "E002 04 00, E00104"
  })
  void long_form_is_the_same_packet(String longer, String shorter) {
    Decoded decoded = open().decode(PacketRow.buffer(longer));
    assertThat(decoded).isEqualTo(open().decode(PacketRow.buffer(shorter)));
    ByteBuf out = Unpooled.buffer();
    PacketEncoder.encode((MqttPacket) decoded, MqttVersion.V5, out);
    assertThat(ByteBufUtil.hexDump(out)).isEqualToIgnoringCase(shorter);
  }

  @Test
  void absent_properties_are_shared() {
    Publish publish = (Publish) open().decode(PacketRow.buffer("3004 0001 74 00"));
    assertThat(publish.properties()).isSameAs(MessageProperties.NONE);
    Publish aliased = (Publish) open().decode(PacketRow.buffer("3007 0001 74 03 23 0001"));
    assertThat(aliased.properties()).isSameAs(MessageProperties.NONE);
    MqttPacket.PubAck ack = (MqttPacket.PubAck) open().decode(PacketRow.buffer("4003000110"));
    assertThat(ack.properties()).isSameAs(AckProperties.NONE);
  }

  /** A property of one packet must not show in the next. */
  @Test
  void properties_do_not_leak_into_the_next_packet() {
    PacketDecoder decoder = open();
    ByteBuf in =
        PacketRow.buffer(
            "300F 0001 74 0B 23 0005 26 0001 61 0001 62 01" // cut short: malformed
                + "00");
    assertThat(decoder.decode(in)).isInstanceOf(Decoded.Malformed.class);
    Publish next = (Publish) decoder.decode(PacketRow.buffer("3006 0001 74 02 01 01"));
    assertThat(next.topicAlias()).isZero();
    assertThat(next.properties().userProperties()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "payload format 2 (§3.3.2.3.2); 30 06 0001 74 02 01 02; PROPERTY_VALUE",
        "payload format twice; 30 08 0001 74 04 01 01 01 01; PROPERTY_REPEATED",
        "expiry twice; 30 0E 0001 74 0A 02 00000001 02 00000001; PROPERTY_REPEATED",
        "topic alias 0 (v5:MQTT-3.3.2-8); 30 07 0001 74 03 23 0000; TOPIC_ALIAS",
        "no topic, no alias (§3.3.2.1); 30 03 0000 00; TOPIC_EMPTY",
        "no topic, other properties; 30 05 0000 02 01 00; TOPIC_EMPTY",
        "subscription identifier from a client (v5:MQTT-3.3.4-6); 30 06 0001 74 02 0B 01; SUBSCRIPTION_ID_FROM_CLIENT",
        "response topic with # (v5:MQTT-3.3.2-14); 30 0A 0001 74 06 08 0003 612F23; TOPIC_WILDCARD",
        "response topic with +; 30 08 0001 74 04 08 0001 2B; TOPIC_WILDCARD",
        "response topic empty (v5:MQTT-4.7.3-1); 30 07 0001 74 03 08 0000; TOPIC_EMPTY",
        "content type not UTF-8 (v5:MQTT-3.3.2-19); 30 08 0001 74 04 03 0001 80; TEXT",
        "response topic with a surrogate (v5:MQTT-1.5.4-1); 30 0A 0001 74 06 08 0003 EDA080; TEXT",
        "user property name with U+0000 (v5:MQTT-1.5.4-2); 30 0A 0001 74 06 26 0001 00 0000; TEXT",
        "user property value not UTF-8 (v5:MQTT-1.5.7-1); 30 0A 0001 74 06 26 0000 0001 FF; TEXT",
        "user property without value; 30 08 0001 74 04 26 0001 61; FIELD_BEYOND_END",
        "property text beyond the block, not the packet; 30 09 0001 74 03 03 0002 61 61; FIELD_BEYOND_END",
        "expiry cut by the end of the block; 30 0A 0001 74 03 02 0000 000000; FIELD_BEYOND_END",
        "properties beyond the packet; 30 06 0001 74 03 01 00; PROPERTY_LENGTH",
        "properties far beyond the packet; 30 07 0001 74 FFFFFF7F; PROPERTY_LENGTH",
        "property length not in its shortest form (v5:MQTT-1.5.5-1); 30 05 0001 74 8000; VARIABLE_INTEGER",
        "property length of five bytes (CVE-2026-21888); 30 08 0001 74 8080808001; VARIABLE_INTEGER",
        "property length missing; 30 03 0001 74; FIELD_BEYOND_END",
        "property length cut; 30 04 0001 74 80; FIELD_BEYOND_END",
        "property 0; 30 05 0001 74 01 00; PROPERTY_IDENTIFIER",
        "property 7F; 30 06 0001 74 02 7F 00; PROPERTY_IDENTIFIER",
        "property identifier in two bytes; 30 07 0001 74 03 8100 01; PROPERTY_IDENTIFIER",
        "receive maximum in PUBLISH; 30 07 0001 74 03 21 0001; PROPERTY_IDENTIFIER",
        "will delay in PUBLISH; 30 09 0001 74 05 18 00000001; PROPERTY_IDENTIFIER",
        "packet id 0 (v5:MQTT-2.2.1-3); 32 06 0001 74 0000 00; PACKET_ID",
        "PUBACK with a reason of SUBACK (v5:MQTT-3.4.2-1); 40 03 0001 01; REASON_CODE",
        "PUBREC with a reason of PUBREL (v5:MQTT-3.5.2-1); 50 03 0001 92; REASON_CODE",
        "PUBREL with a reason of PUBACK (v5:MQTT-3.6.2-1); 62 03 0001 10; REASON_CODE",
        "PUBCOMP with a reason of PUBACK (v5:MQTT-3.7.2-1); 70 03 0001 87; REASON_CODE",
        "PUBACK with content type; 40 07 0001 00 03 03 0000; PROPERTY_IDENTIFIER",
        "PUBACK, reason string twice; 40 0A 0001 00 06 1F 0000 1F 0000; PROPERTY_REPEATED",
        "PUBACK longer than its properties; 40 05 0001 00 00 00; TRAILING_BYTES",
        "PUBACK without id; 40 01 00; FIELD_BEYOND_END",
        "SUBSCRIBE without filter (v5:MQTT-3.8.3-2); 82 03 0001 00; NO_FILTERS",
        "SUBSCRIBE with reserved bit 6 (v5:MQTT-3.8.3-5); 82 07 0001 00 0001 61 40; RESERVED_BITS",
        "SUBSCRIBE with reserved bit 7; 82 07 0001 00 0001 61 80; RESERVED_BITS",
        "SUBSCRIBE with QoS 3 (§3.8.3.1); 82 07 0001 00 0001 61 03; SUBSCRIPTION_OPTIONS",
        "SUBSCRIBE with retain handling 3 (§3.8.3.1); 82 07 0001 00 0001 61 30; SUBSCRIPTION_OPTIONS",
        "No Local on a shared subscription (v5:MQTT-3.8.3-4); 82 10 0001 00 000A 2473686172652F672F61 04; SUBSCRIPTION_OPTIONS",
        "share name missing (v5:MQTT-4.8.2-1); 82 0F 0001 00 0009 2473686172652F2F61 00; FILTER_SYNTAX",
        "share name is a wildcard (v5:MQTT-4.8.2-2); 82 10 0001 00 000A 2473686172652F2B2F61 00; FILTER_SYNTAX",
        "share name with a wildcard; 82 11 0001 00 000B 2473686172652F672B2F61 00; FILTER_SYNTAX",
        "share name # and no filter; 82 0E 0001 00 0008 2473686172652F23 00; FILTER_SYNTAX",
        "share without filter; 82 0E 0001 00 0008 2473686172652F67 00; FILTER_SYNTAX",
        "share with an empty filter; 82 0F 0001 00 0009 2473686172652F672F 00; FILTER_SYNTAX",
        "subscription identifier 0 (§3.8.2.1.2); 82 09 0001 02 0B 00 0001 61 00; PROPERTY_VALUE",
        "subscription identifier twice; 82 0B 0001 04 0B 01 0B 02 0001 61 00; PROPERTY_REPEATED",
        "subscription identifier not in its shortest form; 82 0A 0001 03 0B 8100 0001 61 00; VARIABLE_INTEGER",
        "UNSUBSCRIBE without filter (v5:MQTT-3.10.3-2); A2 03 0001 00; NO_FILTERS",
        "UNSUBSCRIBE with identifier; A2 08 0001 02 0B 01 0001 61; PROPERTY_IDENTIFIER",
        "UNSUBSCRIBE from a wildcard share; A2 0F 0001 00 000A 2473686172652F232F61; FILTER_SYNTAX",
        "DISCONNECT with a reason of the server (v5:MQTT-3.14.2-1); E0 01 8E; REASON_CODE",
        "DISCONNECT with an unknown reason; E0 01 03; REASON_CODE",
        "DISCONNECT with receive maximum; E0 05 00 03 21 0001; PROPERTY_IDENTIFIER",
        "DISCONNECT, session expiry twice; E0 0C 00 0A 11 00000001 11 00000001; PROPERTY_REPEATED",
        "DISCONNECT longer than its properties; E0 03 00 00 00; TRAILING_BYTES",
        "AUTH without a body; F0 00; REASON_CODE",
        "AUTH with success, which is the server s (v5:MQTT-3.15.2-1); F0 06 00 04 15 0001 6D; REASON_CODE",
        "AUTH without method (§3.15.2.2.2); F0 02 18 00; AUTHENTICATION",
        "AUTH without properties; F0 01 18; AUTHENTICATION",
        "AUTH with data only; F0 05 18 03 16 0000; AUTHENTICATION",
        "PINGREQ with a body; C0 01 00; TRAILING_BYTES",
        "SUBSCRIBE with flags 0 (v5:MQTT-3.8.1-1); 80 07 0001 00 0001 61 00; RESERVED_BITS",
        "SUBACK to the server; 90 04 0001 00 00; UNEXPECTED_PACKET"
      })
  void malformed_packet_is_named(String what, String hex, MalformedCause cause) {
    assertThat(open().decode(PacketRow.buffer(hex))).isEqualTo(new Decoded.Malformed(cause));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "receive maximum 0 (§3.1.2.11.3); 10 11 0004 4D515454 05 02 0000 03 21 0000 0001 64; PROPERTY_VALUE",
        "maximum packet size 0 (§3.1.2.11.4); 10 13 0004 4D515454 05 02 0000 05 27 00000000 0001 64; PROPERTY_VALUE",
        "request problem information 2 (§3.1.2.11.7); 10 10 0004 4D515454 05 02 0000 02 17 02 0001 64; PROPERTY_VALUE",
        "request response information 255 (§3.1.2.11.6); 10 10 0004 4D515454 05 02 0000 02 19 FF 0001 64; PROPERTY_VALUE",
        "session expiry twice (§3.1.2.11.2); 10 18 0004 4D515454 05 02 0000 0A 11 00000001 11 00000002 0001 64; PROPERTY_REPEATED",
        "data without method (§3.1.2.11.10); 10 11 0004 4D515454 05 02 0000 03 16 0000 0001 64; AUTHENTICATION",
        "will delay outside the will; 10 13 0004 4D515454 05 02 0000 05 18 00000001 0001 64; PROPERTY_IDENTIFIER",
        "assigned client id from a client; 10 11 0004 4D515454 05 02 0000 03 12 0000 0001 64; PROPERTY_IDENTIFIER",
        "topic alias in CONNECT; 10 11 0004 4D515454 05 02 0000 03 23 0001 0001 64; PROPERTY_IDENTIFIER",
        "reserved flag (v5:MQTT-3.1.2-3); 10 0E 0004 4D515454 05 03 0000 00 0001 64; CONNECT_FLAGS",
        "will QoS without will (v5:MQTT-3.1.2-11); 10 0E 0004 4D515454 05 0A 0000 00 0001 64; CONNECT_FLAGS",
        "will QoS 3 (v5:MQTT-3.1.2-12); 10 14 0004 4D515454 05 1E 0000 00 0001 64 00 0001 77 0000; CONNECT_FLAGS",
        "will retain without will (v5:MQTT-3.1.2-13); 10 0E 0004 4D515454 05 22 0000 00 0001 64; CONNECT_FLAGS",
        "properties missing; 10 0A 0004 4D515454 05 02 0000; FIELD_BEYOND_END",
        "session expiry in the will; 10 19 0004 4D515454 05 06 0000 00 0001 64 05 11 00000001 0001 77 0000; PROPERTY_IDENTIFIER",
        "topic alias in the will; 10 17 0004 4D515454 05 06 0000 00 0001 64 03 23 0001 0001 77 0000; PROPERTY_IDENTIFIER",
        "payload format 2 in the will; 10 16 0004 4D515454 05 06 0000 00 0001 64 02 01 02 0001 77 0000; PROPERTY_VALUE",
        "wildcard in the will topic; 10 16 0004 4D515454 05 06 0000 00 0001 64 00 0003 772F23 0000; TOPIC_WILDCARD",
        "wildcard in the will response topic; 10 18 0004 4D515454 05 06 0000 00 0001 64 04 08 0001 23 0001 77 0000; TOPIC_WILDCARD",
        "will topic empty; 10 13 0004 4D515454 05 06 0000 00 0001 64 00 0000 0000; TOPIC_EMPTY",
        "user name flagged and missing; 10 0E 0004 4D515454 05 82 0000 00 0001 64; FIELD_BEYOND_END",
        "something left over; 10 0F 0004 4D515454 05 02 0000 00 0001 64 00; TRAILING_BYTES"
      })
  void malformed_connect_is_named(String what, String hex, MalformedCause cause) {
    PacketDecoder decoder = PacketRow.fresh();
    assertThat(decoder.decode(PacketRow.buffer(hex))).isEqualTo(new Decoded.Malformed(cause));
    assertThat(decoder.version()).isEqualTo(MqttVersion.V5);
  }

  /** Row 3 of MESSAGING.md section 7. */
  @ParameterizedTest
  @CsvSource({"00044D515454 05, 5", "00044D515454 06, 6", "00064D5149736470 05, 5"})
  void level_that_is_not_spoken_is_reported(String nameAndLevel, int level) {
    String body = nameAndLevel.replace(" ", "") + "0200000000";
    ByteBuf in =
        PacketRow.buffer("10" + HexFormat.of().toHexDigits((byte) (body.length() / 2)) + body);
    PacketDecoder old =
        new PacketDecoder(
            CodecLimits.DEFAULT, Set.of(MqttVersion.V3_1, MqttVersion.V3_1_1), new FieldReader());
    assertThat(old.decode(in)).isEqualTo(new Decoded.UnsupportedVersion(level));
  }

  /** MESSAGING.md section 8: property bytes, user properties and wills are bounded. */
  @Test
  void properties_are_bounded_in_bytes_and_number() {
    assertThat(decodePublish(userProperties(64, 1))).isInstanceOf(Publish.class);
    assertThat(decodePublish(userProperties(65, 1)))
        .isEqualTo(new Decoded.Malformed(MalformedCause.TOO_MANY_USER_PROPERTIES));
    assertThat(decodePublish(userProperties(2, 32_000))).isInstanceOf(Publish.class);
    assertThat(decodePublish(userProperties(3, 32_000)))
        .isEqualTo(new Decoded.Malformed(MalformedCause.PROPERTIES_TOO_LARGE));
  }

  @Test
  void properties_before_the_login_are_bounded_for_connect_and_will_together() {
    assertThat(decodeConnect(userProperties(1, 4_000), MessageProperties.NONE, 0))
        .isInstanceOf(MqttPacket.Connect.class);
    assertThat(decodeConnect(userProperties(1, 2_500), withUser(userProperties(1, 2_500)), 0))
        .isEqualTo(new Decoded.Malformed(MalformedCause.PROPERTIES_TOO_LARGE));
    assertThat(decodeConnect(userProperties(40, 1), withUser(userProperties(40, 1)), 0))
        .isEqualTo(new Decoded.Malformed(MalformedCause.TOO_MANY_USER_PROPERTIES));
  }

  @Test
  void will_is_bounded() {
    CodecLimits limits = new CodecLimits(65_536, 1_024, 32, 16, 100, 16_384, 4_096, 65_536, 64);
    PacketDecoder decoder = new PacketDecoder(limits, Set.of(MqttVersion.V5), new FieldReader());
    assertThat(decoder.decode(connectWithWill(List.of(), MessageProperties.NONE, 16_384)))
        .isInstanceOf(MqttPacket.Connect.class);
    assertThat(decoder.decode(connectWithWill(List.of(), MessageProperties.NONE, 16_385)))
        .isEqualTo(new Decoded.Malformed(MalformedCause.WILL_TOO_LARGE));
  }

  @Test
  void response_topic_is_bounded_like_any_topic() {
    String deep = "/".repeat(32);
    assertThat(decodePublish(responseTopic(deep.substring(1)))).isInstanceOf(Publish.class);
    assertThat(decodePublish(responseTopic(deep)))
        .isEqualTo(new Decoded.Malformed(MalformedCause.TOPIC_TOO_DEEP));
    assertThat(decodePublish(responseTopic("x".repeat(1_025))))
        .isEqualTo(new Decoded.Malformed(MalformedCause.TOPIC_TOO_LONG));
  }

  /** §3.1.2.11.4: a larger promise than any packet is no limit. */
  @Test
  void maximum_packet_size_beyond_any_packet_is_no_limit() {
    MqttPacket.Connect connect =
        (MqttPacket.Connect)
            PacketRow.fresh()
                .decode(PacketRow.buffer("1012 00044D515454 05 02 0000 05 27FFFFFFFF 0000"));
    assertThat(connect.properties().packetBytesMax())
        .isEqualTo(ConnectProperties.PACKET_BYTES_UNLIMITED);
  }

  /** §4.13: what a cause is answered with is a reason that the server may give. */
  @Test
  void every_cause_has_a_reason_that_the_server_may_send() {
    for (MalformedCause cause : MalformedCause.values()) {
      int code = cause.reasonCode().code();
      assertThat(
              ReasonCode.isValid(ReasonCode.Carrier.SERVER_DISCONNECT, code)
                  || ReasonCode.isValid(ReasonCode.Carrier.CONNACK, code))
          .as(cause.name())
          .isTrue();
      assertThat(ReasonCode.isFailure(code)).as(cause.name()).isTrue();
    }
  }

  @Test
  void size_of_a_publish_is_known_before_it_is_written() {
    EncodedMessage message =
        EncodedMessage.of(new Message("a/b", new byte[200], Qos.EXACTLY_ONCE, false, null, ALL));
    for (CopyProperties copy :
        List.of(
            CopyProperties.NONE,
            new CopyProperties(0, SubscriptionIds.of(1).plus(268_435_455), 7, false),
            new CopyProperties(9, SubscriptionIds.of(16_384), 7, true))) {
      for (Qos qos : Qos.values()) {
        ByteBuf out = Unpooled.buffer();
        PacketEncoder.publish(out, message, copy, qos, false, false, 1);
        assertThat(PacketEncoder.publishBytes(message, copy, qos)).isEqualTo(out.readableBytes());
      }
    }
  }

  /** v5:MQTT-3.2.2-19, -20 and their like. */
  @ParameterizedTest
  @MethodSource("fromServer")
  void reason_string_and_user_properties_give_way_to_the_maximum_packet_size(PacketRow row) {
    ByteBuf full = Unpooled.buffer();
    PacketEncoder.encode(row.packet(), row.version(), full);
    int size = full.readableBytes();
    ByteBuf out = Unpooled.buffer();
    assertThat(PacketEncoder.encodeWithin(size, row.packet(), row.version(), out)).isTrue();
    assertThat(out).isEqualTo(full);
    out.clear();
    boolean shorter = PacketEncoder.encodeWithin(size - 1, row.packet(), row.version(), out);
    assertThat(shorter).isEqualTo(row.hex().contains(" 1F "));
    assertThat(out.isReadable()).isEqualTo(shorter);
    assertThat(out.readableBytes()).isLessThan(size);
  }

  private static Decoded decodePublish(List<UserProperty> properties) {
    return decodePublish(withUser(properties));
  }

  private static Decoded decodePublish(MessageProperties properties) {
    ByteBuf out = Unpooled.buffer();
    PacketEncoder.encode(publish("t", "", Qos.AT_MOST_ONCE, 0, properties, 0), MqttVersion.V5, out);
    return open().decode(out);
  }

  private static Decoded decodeConnect(
      List<UserProperty> ofConnect, MessageProperties ofWill, int willBytes) {
    return PacketRow.fresh().decode(connectWithWill(ofConnect, ofWill, willBytes));
  }

  private static ByteBuf connectWithWill(
      List<UserProperty> ofConnect, MessageProperties ofWill, int willBytes) {
    Message message = new Message("w", new byte[willBytes], Qos.AT_MOST_ONCE, false, null, ofWill);
    ConnectProperties properties =
        new ConnectProperties(
            0,
            ConnectProperties.RECEIVE_MAX_UNLIMITED,
            ConnectProperties.PACKET_BYTES_UNLIMITED,
            0,
            false,
            true,
            ofConnect,
            null);
    ByteBuf out = Unpooled.buffer();
    PacketEncoder.encode(
        connect(true, 0, new MqttPacket.Will(message, 0), null, null, properties),
        MqttVersion.V5,
        out);
    return out;
  }

  private static List<UserProperty> userProperties(int number, int valueCharacters) {
    return Collections.nCopies(number, new UserProperty("n", "v".repeat(valueCharacters)));
  }

  private static MessageProperties withUser(List<UserProperty> properties) {
    return new MessageProperties(PayloadFormat.UNSPECIFIED, -1, null, null, null, properties);
  }

  private static MessageProperties responseTopic(String topic) {
    return MessageProperties.NONE.withResponseTopic(topic);
  }

  private static MqttPacket.Connect connect(
      boolean cleanStart,
      int keepAliveSeconds,
      MqttPacket.@Nullable Will will,
      @Nullable String userName,
      @Nullable Password password,
      ConnectProperties properties) {
    return new MqttPacket.Connect(
        MqttVersion.V5, "dev", cleanStart, keepAliveSeconds, will, userName, password, properties);
  }

  private static Publish publish(
      String topic,
      String payload,
      Qos qos,
      int packetId,
      MessageProperties properties,
      int topicAlias) {
    return new Publish(
        topic,
        bytes(payload),
        qos,
        false,
        false,
        packetId,
        properties,
        topicAlias,
        SubscriptionIds.NONE);
  }

  private static PacketDecoder open() {
    PacketDecoder decoder = PacketRow.fresh();
    decoder.admit(MqttVersion.V5, ClientLimits.DEFAULT, PacketRow.FROM_CLIENT);
    return decoder;
  }

  private static PacketRow row(String name, String hex, MqttPacket packet) {
    return new PacketRow(name, MqttVersion.V5, hex, packet);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
