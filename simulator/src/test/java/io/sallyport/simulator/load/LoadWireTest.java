package io.sallyport.simulator.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class LoadWireTest {
  private final List<String> seen = new ArrayList<>();
  private final LoadClient client = client();

  private LoadClient client() {
    return new LoadClient(
        new LoadLogin("c", null, null),
        new LoadEvents() {
          @Override
          public void received(LoadClient from, ByteBuf payload, int payloadBytes) {
            seen.add(
                "received "
                    + payload.toString(
                        payload.readerIndex(), payloadBytes, StandardCharsets.UTF_8));
          }

          @Override
          public void acknowledged(LoadClient from) {
            seen.add("acknowledged");
          }
        });
  }

  private static String hex(Consumer<ByteBuf> encoder) {
    ByteBuf out = Unpooled.buffer();
    encoder.accept(out);
    return ByteBufUtil.hexDump(out);
  }

  private static ByteBuf bytes(String hex) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  @Test
  void packets_are_encoded_as_the_specification_says() {
    assertThat(
            hex(out ->
                MqttEncoder.connect(out, "c", "u", "p".getBytes(StandardCharsets.UTF_8), true, 60)))
        .isEqualTo("1013" + "00044d515454" + "04" + "c2" + "003c" + "000163" + "000175" + "000170");
    assertThat(hex(out -> MqttEncoder.connect(out, "c", null, null, true, 0)))
        .isEqualTo("100d" + "00044d515454" + "04" + "02" + "0000" + "000163");
    assertThat(hex(out -> MqttEncoder.subscribe(out, 1, "a/+", 1)))
        .isEqualTo("8208" + "0001" + "0003612f2b" + "01");
    assertThat(hex(out -> MqttEncoder.publish(out, MqttEncoder.utf8("a"), 0, 0, new byte[] {7})))
        .isEqualTo("3004" + "000161" + "07");
    assertThat(hex(out -> MqttEncoder.publish(out, MqttEncoder.utf8("a"), 1, 258, new byte[] {7})))
        .isEqualTo("3206" + "000161" + "0102" + "07");
    assertThat(hex(out -> MqttEncoder.puback(out, 0xFFFF))).isEqualTo("4002ffff");
    assertThat(hex(MqttEncoder::disconnect)).isEqualTo("e000");
  }

  @Test
  void a_long_packet_has_a_remaining_length_of_several_bytes() {
    assertThat(hex(out -> MqttEncoder.publish(out, MqttEncoder.utf8("a"), 0, 0, new byte[16_381])))
        .startsWith("30808001000161");
  }

  @Test
  void packets_are_read_however_the_bytes_are_cut() {
    String stream =
        "20020000" + "30050001617879" + "3207000162" + "0009" + "7a7a" + "40020001" + "9003000100";
    for (int step = 1; step <= stream.length() / 2; step++) {
      seen.clear();
      LoadClient reader = client();
      EmbeddedChannel channel = new EmbeddedChannel(reader);
      ByteBuf login = channel.readOutbound();
      assertThat(ByteBufUtil.hexDump(login)).startsWith("10");
      login.release();
      ByteBuf all = bytes(stream);
      while (all.isReadable()) {
        channel.writeInbound(all.readRetainedSlice(Math.min(step, all.readableBytes())));
      }
      all.release();
      assertThat(seen)
          .as("cut every %d bytes", step)
          .containsExactly("received xy", "received zz", "acknowledged");
      ByteBuf answer = channel.readOutbound();
      assertThat(ByteBufUtil.hexDump(answer)).isEqualTo("40020009");
      answer.release();
      assertThat(reader.opened()).isCompleted();
    }
  }

  @Test
  void a_refused_login_fails_with_its_return_code() {
    EmbeddedChannel channel = new EmbeddedChannel(client);
    channel.writeInbound(bytes("20020005"));
    assertThat(client.opened())
        .isCompletedExceptionally()
        .failsWithin(java.time.Duration.ZERO)
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .withMessageContaining("return code 5");
    channel.releaseOutbound();
  }

  @Test
  void a_remaining_length_of_five_bytes_closes_the_connection() {
    EmbeddedChannel channel = new EmbeddedChannel(client);
    channel.writeInbound(bytes("30 ff ff ff ff 01"));
    assertThat(channel.isOpen()).isFalse();
    channel.releaseOutbound();
  }

  @Test
  void a_stamped_payload_is_json_of_100_bytes_and_says_who_what_and_when() {
    byte[] payload = StampedPayload.of(42);
    StampedPayload.stamp(payload, 123_456_789_012L, 987_654_321_987L);
    ByteBuf in = Unpooled.wrappedBuffer(payload);
    assertThat(payload).hasSize(StampedPayload.BYTES);
    assertThat(StampedPayload.publisher(in)).isEqualTo(42);
    assertThat(StampedPayload.sequence(in)).isEqualTo(123_456_789_012L);
    assertThat(StampedPayload.nanos(in)).isEqualTo(987_654_321_987L);
    assertThat(new String(payload, StandardCharsets.US_ASCII))
        .matches("\\{\"m\":\"0042-123456789012-[0-9]{19}\",\"p\":\"x+\"}");
  }

  @Test
  void jumps_are_loss_and_steps_back_are_doubles() {
    Arrivals arrivals = new Arrivals();
    assertThat(arrivals.enter(0)).isTrue();
    assertThat(arrivals.enter(3)).isTrue();
    assertThat(arrivals.enter(3)).isFalse();
    assertThat(arrivals.enter(1)).isFalse();
    assertThat(arrivals.doubled()).isEqualTo(2);
    assertThat(arrivals.lostOf(4)).isEqualTo(2);
    assertThat(arrivals.lostOf(10)).isEqualTo(8);
  }
}
