package io.sallyport.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.MessageProperties;
import io.sallyport.mqtt.MessageProperties.PayloadFormat;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.UserProperty;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our codec against an independent one: each reads what the other writes. */
class NettyPeerTest {
  private static final String CONNECT_5 = "100D 00044D515454 05 02 0000 00 0000";

  static Stream<PacketRow> fromClient() {
    return FuzzTest.fromClient();
  }

  static Stream<PacketRow> fromServer() {
    return Stream.concat(PacketTableTest.fromServer(), Version5TableTest.fromServer());
  }

  @ParameterizedTest
  @MethodSource("fromClient")
  void what_the_peer_reads_and_writes_again_is_the_same_packet(PacketRow row) {
    EmbeddedChannel peer = peer(row.version());
    MqttMessage message = read(peer, Unpooled.wrappedBuffer(row.bytes()));
    if (message instanceof MqttConnectMessage connect) {
      assertThat(connect.payload().clientIdentifier())
          .isEqualTo(((MqttPacket.Connect) row.packet()).clientId());
    }
    peer.writeOutbound(message);
    ByteBuf bytes = peer.readOutbound();
    assertThat(row.decoder().decode(bytes)).usingRecursiveComparison().isEqualTo(row.packet());
    assertThat(bytes.isReadable()).isFalse();
    bytes.release();
  }

  @ParameterizedTest
  @MethodSource("fromServer")
  void peer_reads_what_the_server_writes(PacketRow row) {
    ByteBuf out = Unpooled.buffer();
    PacketEncoder.encode(row.packet(), row.version(), out);
    byte[] ours = ByteBufUtil.getBytes(out);
    EmbeddedChannel peer = peer(row.version());
    MqttMessage message = read(peer, out);
    switch (row.packet()) {
      case MqttPacket.SubAck ack ->
          assertThat(((MqttSubAckMessage) message).payload().reasonCodes()).isEqualTo(ack.codes());
      case MqttPacket.UnsubAck ack when row.version() == MqttVersion.V5 ->
          assertThat(
                  ((MqttUnsubAckMessage) message)
                      .payload().unsubscribeReasonCodes().stream().map(Short::intValue).toList())
              .isEqualTo(ack.codes());
      case MqttPacket.ConnAck ack ->
          assertThat(
                  ((MqttConnAckMessage) message).variableHeader().connectReturnCode().byteValue()
                      & 0xFF)
              .isEqualTo(ack.code());
      case MqttPacket.Disconnect disconnect ->
          assertThat(
                  ((MqttReasonCodeAndPropertiesVariableHeader) message.variableHeader())
                          .reasonCode()
                      & 0xFF)
              .isEqualTo(disconnect.reasonCode());
      default -> {}
    }
    peer.writeOutbound(message);
    ByteBuf again = peer.readOutbound();
    assertThat(sortedBody(ByteBufUtil.getBytes(again))).isEqualTo(sortedBody(ours));
    again.release();
  }

  /**
   * Properties may come in another order, and a property length of 0 may be written out: so bodies
   * are compared as bags of bytes without zeros.
   */
  private static int[] sortedBody(byte[] packet) {
    int[] body = new int[packet.length - 2];
    Arrays.setAll(body, i -> packet[i + 2]);
    return Arrays.stream(body).filter(b -> b != 0).sorted().toArray();
  }

  /** Around the sizes at which the remaining length grows by a byte. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 122, 123, 124, 16_378, 16_379, 16_380, 200_000})
  void publish_of_any_size_is_read_by_the_peer_and_by_us(int payloadBytes) {
    byte[] payload = new byte[payloadBytes];
    byte[] topic = "t".getBytes(StandardCharsets.UTF_8);
    ByteBuf out = Unpooled.buffer();
    PacketEncoder.publish(out, topic, payload, Qos.AT_LEAST_ONCE, true, false, 77);
    Decoded ours = PacketRow.open(MqttVersion.V3_1_1).decode(out.duplicate());
    assertThat(((MqttPacket.Publish) ours).payload()).hasSize(payloadBytes);
    MqttPublishMessage theirs = (MqttPublishMessage) read(peer(MqttVersion.V3_1_1), out);
    assertThat(theirs.variableHeader().packetId()).isEqualTo(77);
    assertThat(theirs.fixedHeader().isRetain()).isTrue();
    assertThat(theirs.payload().readableBytes()).isEqualTo(payloadBytes);
    theirs.release();
  }

  /** Around the sizes at which the property length grows by a byte (netty pull request 17180). */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 95, 96, 97, 98, 99, 100, 101, 16_350, 16_351, 16_352, 16_360, 60_000})
  void properties_of_any_size_are_read_by_the_peer_and_by_us(int valueCharacters) {
    MessageProperties properties =
        new MessageProperties(
            PayloadFormat.UTF_8,
            60,
            "ct",
            "r/t",
            new byte[] {1, 2},
            List.of(new UserProperty("n", "v".repeat(valueCharacters))));
    Message message = new Message("t", new byte[3], Qos.AT_LEAST_ONCE, false, null, properties);
    ByteBuf out = Unpooled.buffer();
    PacketEncoder.publish(
        out,
        EncodedMessage.of(message),
        new CopyProperties(42, SubscriptionIds.NONE, 9, false),
        Qos.AT_LEAST_ONCE,
        true,
        false,
        77);
    var ours = (MqttPacket.Publish) PacketRow.open(MqttVersion.V5).decode(out.duplicate());
    assertThat(ours.properties().userProperties()).isEqualTo(properties.userProperties());
    assertThat(ours.properties().expirySeconds()).isEqualTo(42);
    assertThat(ours.payload()).hasSize(3);
    MqttPublishMessage theirs = (MqttPublishMessage) read(peer(MqttVersion.V5), out);
    MqttProperties read = theirs.variableHeader().properties();
    assertThat(number(read, MqttProperties.PUBLICATION_EXPIRY_INTERVAL)).isEqualTo(42);
    assertThat(number(read, MqttProperties.TOPIC_ALIAS)).isEqualTo(9);
    assertThat(number(read, MqttProperties.PAYLOAD_FORMAT_INDICATOR)).isEqualTo(1);
    assertThat(theirs.payload().readableBytes()).isEqualTo(3);
    theirs.release();
  }

  private static int number(MqttProperties properties, int id) {
    return ((MqttProperties.IntegerProperty) properties.getProperty(id)).value();
  }

  /** One that has seen a CONNECT of the version, on which the form of later packets depends. */
  private static EmbeddedChannel peer(MqttVersion version) {
    EmbeddedChannel peer = new EmbeddedChannel(new MqttDecoder(1 << 20), MqttEncoder.INSTANCE);
    if (version == MqttVersion.V5) {
      read(peer, PacketRow.buffer(CONNECT_5));
    }
    return peer;
  }

  private static MqttMessage read(EmbeddedChannel peer, ByteBuf bytes) {
    peer.writeInbound(bytes);
    MqttMessage message = peer.readInbound();
    assertThat(message.decoderResult().cause()).isNull();
    return message;
  }
}
