package io.sallyport.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.sallyport.mqtt.Qos;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our codec against an independent one: each reads what the other writes. */
class NettyPeerTest {
  @ParameterizedTest
  @MethodSource("io.sallyport.mqtt.codec.PacketTableTest#fromClient")
  void what_the_peer_reads_and_writes_again_is_the_same_packet(PacketTableTest.Row row) {
    MqttMessage message = peerReads(Unpooled.wrappedBuffer(row.bytes()));
    EmbeddedChannel writer = new EmbeddedChannel(MqttEncoder.INSTANCE);
    writer.writeOutbound(message);
    ByteBuf bytes = writer.readOutbound();
    assertThat(PacketTableTest.decoderFor(row).decode(bytes))
        .usingRecursiveComparison()
        .isEqualTo(row.packet());
    bytes.release();
  }

  @ParameterizedTest
  @MethodSource("io.sallyport.mqtt.codec.PacketTableTest#fromServer")
  void peer_reads_what_the_server_writes(PacketTableTest.Row row) {
    ByteBuf out = Unpooled.buffer();
    PacketEncoder.encode(row.packet(), out);
    MqttMessage message = peerReads(out);
    assertThat(message.decoderResult().isSuccess()).isTrue();
    if (message instanceof MqttSubAckMessage ack) {
      assertThat(ack.payload().reasonCodes()).isEqualTo(List.of(0, 0x80, 2));
    }
  }

  /** Around the sizes at which the remaining length grows by a byte. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 122, 123, 124, 16_378, 16_379, 16_380, 200_000})
  void publish_of_any_size_is_read_by_the_peer_and_by_us(int payloadBytes) {
    byte[] payload = new byte[payloadBytes];
    byte[] topic = "t".getBytes(StandardCharsets.UTF_8);
    ByteBuf out = Unpooled.buffer();
    PacketEncoder.publish(out, topic, payload, Qos.AT_LEAST_ONCE, true, false, 77);
    Decoded ours = PacketTableTest.open().decode(out.duplicate());
    assertThat(((MqttPacket.Publish) ours).payload()).hasSize(payloadBytes);
    MqttPublishMessage theirs = (MqttPublishMessage) peerReads(out);
    assertThat(theirs.variableHeader().packetId()).isEqualTo(77);
    assertThat(theirs.fixedHeader().isRetain()).isTrue();
    assertThat(theirs.payload().readableBytes()).isEqualTo(payloadBytes);
    theirs.release();
  }

  private static MqttMessage peerReads(ByteBuf bytes) {
    EmbeddedChannel reader = new EmbeddedChannel(new MqttDecoder(1 << 20));
    reader.writeInbound(bytes);
    MqttMessage message = reader.readInbound();
    assertThat(message.decoderResult().isSuccess()).isTrue();
    if (message instanceof MqttConnectMessage connect) {
      assertThat(connect.payload().clientIdentifier()).isEqualTo("dev");
    }
    return message;
  }
}
