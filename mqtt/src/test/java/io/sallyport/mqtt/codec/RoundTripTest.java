package io.sallyport.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.MessageProperties;
import io.sallyport.mqtt.MessageProperties.PayloadFormat;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Password;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.UserProperty;
import io.sallyport.mqtt.codec.MqttPacket.RetainHandling;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Packets of version 5 that nobody thought of: what is written is what is read. */
class RoundTripTest {
  private static final int PACKETS = 1_500;
  private static final String CHARACTERS = "abcXYZ019 ._-~\u00E9\u07FF\u0800\uFEFF\uFFFD";

  private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void what_is_written_is_what_is_read() {
    System.out.println("RoundTripTest seed " + seed);
    for (int i = 0; i < PACKETS; i++) {
      MqttPacket packet = packet();
      ByteBuf bytes = Unpooled.buffer();
      PacketEncoder.encode(packet, MqttVersion.V5, bytes);
      int end = bytes.writerIndex();
      bytes.writeByte(0xC0); // The next packet has begun.
      assertThat(PacketRow.decoderFor(packet, MqttVersion.V5).decode(bytes))
          .as("seed %d packet %d", seed, i)
          .usingRecursiveComparison()
          .isEqualTo(packet);
      assertThat(bytes.readerIndex()).isEqualTo(end);
    }
  }

  private MqttPacket packet() {
    return switch (random.nextInt(9)) {
      case 0 -> connect();
      case 1 -> new MqttPacket.PubAck(packetId(), reason(0, 0x10, 0x87, 0x97), ack());
      case 2 -> new MqttPacket.PubRec(packetId(), reason(0, 0x10, 0x91, 0x99), ack());
      case 3 -> new MqttPacket.PubRel(packetId(), reason(0, 0x92), ack());
      case 4 -> new MqttPacket.PubComp(packetId(), reason(0, 0x92), ack());
      case 5 -> subscribe();
      case 6 -> new MqttPacket.Unsubscribe(packetId(), some(this::filter), userProperties());
      case 7 ->
          new MqttPacket.Disconnect(
              reason(0, 4, 0x80, 0x93),
              new DisconnectProperties(
                  random.nextBoolean() ? DisconnectProperties.UNCHANGED : unsignedInt(),
                  maybe(this::text),
                  maybe(this::text),
                  userProperties()));
      default -> publish();
    };
  }

  private MqttPacket connect() {
    String method = maybe(this::text);
    return new MqttPacket.Connect(
        MqttVersion.V5,
        text(),
        random.nextBoolean(),
        random.nextInt(65_536),
        maybe(this::will),
        maybe(this::text),
        maybe(() -> new Password(bytes(40))),
        new ConnectProperties(
            unsignedInt(),
            1 + random.nextInt(65_535),
            1 + random.nextInt(ConnectProperties.PACKET_BYTES_UNLIMITED),
            random.nextInt(65_536),
            random.nextBoolean(),
            random.nextBoolean(),
            userProperties(),
            method == null ? null : new Authentication(method, maybe(() -> bytes(20)))));
  }

  private MqttPacket.Will will() {
    return new MqttPacket.Will(
        new Message(topic(), bytes(100), qos(), random.nextBoolean(), null, messageProperties()),
        random.nextBoolean() ? 0 : unsignedInt());
  }

  private MqttPacket publish() {
    Qos qos = qos();
    int alias = random.nextBoolean() ? 0 : 1 + random.nextInt(65_535);
    return new MqttPacket.Publish(
        alias != 0 && random.nextBoolean() ? "" : topic(),
        bytes(random.nextInt(10) == 0 ? 20_000 : 200),
        qos,
        random.nextBoolean(),
        qos != Qos.AT_MOST_ONCE && random.nextBoolean(),
        qos == Qos.AT_MOST_ONCE ? 0 : packetId(),
        messageProperties(),
        alias,
        SubscriptionIds.NONE);
  }

  private MqttPacket subscribe() {
    return new MqttPacket.Subscribe(
        packetId(),
        some(() ->
            new MqttPacket.Filter(
                filter(),
                qos(),
                random.nextBoolean(),
                random.nextBoolean(),
                RetainHandling.of(random.nextInt(3)))),
        new SubscribeProperties(
            random.nextBoolean() ? 0 : 1 + random.nextInt(VariableInteger.MAX), userProperties()));
  }

  private MessageProperties messageProperties() {
    if (random.nextInt(4) == 0) {
      return MessageProperties.NONE;
    }
    return new MessageProperties(
        PayloadFormat.values()[random.nextInt(3)],
        random.nextBoolean() ? MessageProperties.NO_EXPIRY : unsignedInt(),
        maybe(this::text),
        maybe(this::topic),
        maybe(() -> bytes(300)),
        userProperties());
  }

  private AckProperties ack() {
    return new AckProperties(maybe(this::text), userProperties());
  }

  private List<UserProperty> userProperties() {
    return random.nextBoolean()
        ? List.of()
        : some(() -> new UserProperty(text(), random.nextBoolean() ? "" : text()));
  }

  private <T> List<T> some(Supplier<T> maker) {
    List<T> list = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      list.add(maker.get());
    }
    return list;
  }

  private <T> @Nullable T maybe(Supplier<T> maker) {
    return random.nextBoolean() ? maker.get() : null;
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(random.nextInt(20) == 0 ? 200 : 12); i > 0; i--) {
      if (random.nextInt(8) == 0) {
        text.appendCodePoint(0x1F600 + random.nextInt(40));
      } else {
        text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
      }
    }
    return text.toString();
  }

  private String topic() {
    return text() + (random.nextBoolean() ? "/" : "t") + text();
  }

  private String filter() {
    return switch (random.nextInt(3)) {
      case 0 -> topic() + "/#";
      case 1 -> "+/" + topic();
      default -> topic();
    };
  }

  private byte[] bytes(int bytesMax) {
    byte[] bytes = new byte[random.nextInt(bytesMax + 1)];
    random.nextBytes(bytes);
    return bytes;
  }

  private int reason(int... codes) {
    return codes[random.nextInt(codes.length)];
  }

  private Qos qos() {
    return Qos.of(random.nextInt(3));
  }

  private int packetId() {
    return 1 + random.nextInt(65_535);
  }

  private long unsignedInt() {
    return random.nextInt() & 0xFFFF_FFFFL;
  }
}
