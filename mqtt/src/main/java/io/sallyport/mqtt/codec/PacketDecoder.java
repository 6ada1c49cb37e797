package io.sallyport.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.MqttVersion;
import java.util.Set;

/**
 * Takes packets of one client out of its byte stream. Type, flags and size are decided on the fixed
 * header, so a caller never buffers more than the largest packet allowed at that moment. Until
 * {@link #admit} only one CONNECT of limited size is taken.
 *
 * <p>Not thread-safe; lives on its connection's event loop.
 */
public final class PacketDecoder {
  private static final int FIXED_HEADER_BYTES_MAX = 5;

  private final CodecLimits limits;
  private final Set<MqttVersion> versions;
  private final FieldReader fields;
  private final PublishDecoder publish;
  private int packetBytesMax;
  private int payloadBytesMax;
  private MqttVersion version = MqttVersion.V3_1_1;
  private int accepted = mask(Set.of(PacketType.CONNECT));
  private boolean admitted;

  /**
   * @param versions a CONNECT of any other is answered with {@link Decoded.UnsupportedVersion}
   * @param fields may be shared by all decoders of one event loop
   */
  public PacketDecoder(CodecLimits limits, Set<MqttVersion> versions, FieldReader fields) {
    this.limits = limits;
    this.versions = versions;
    this.fields = fields;
    this.publish = new PublishDecoder(limits);
    this.packetBytesMax = limits.firstPacketBytesMax();
  }

  /** From now on packets of these types are taken, up to the client's own limits. */
  public void admit(MqttVersion clientVersion, ClientLimits client, Set<PacketType> types) {
    version = clientVersion;
    packetBytesMax = client.packetBytesMax();
    payloadBytesMax = client.payloadBytesMax();
    accepted = mask(types);
    admitted = true;
  }

  /**
   * What the CONNECT said, known even when the rest of it is malformed; 3.1.1 before there is one.
   */
  public MqttVersion version() {
    return version;
  }

  /**
   * Reads at most one packet. The buffer's reader index moves behind it, or stays where it is when
   * the packet is incomplete; after any other answer the buffer is of no further use.
   */
  public Decoded decode(ByteBuf in) {
    int start = in.readerIndex();
    int readable = in.readableBytes();
    if (readable == 0) {
      return Decoded.Incomplete.INCOMPLETE;
    }
    int firstByte = in.getUnsignedByte(start);
    try {
      PacketType type = requireAccepted(firstByte);
      int length = 0;
      int headerBytes = 1;
      int lengthByte;
      do {
        if (headerBytes == FIXED_HEADER_BYTES_MAX) {
          throw new MalformedPacketException(MalformedCause.REMAINING_LENGTH);
        }
        if (headerBytes == readable) {
          return Decoded.Incomplete.INCOMPLETE;
        }
        lengthByte = in.getUnsignedByte(start + headerBytes);
        length |= (lengthByte & 0x7F) << (7 * (headerBytes - 1));
        headerBytes++;
      } while ((lengthByte & 0x80) != 0);
      if (lengthByte == 0 && headerBytes > 2) { // Not the shortest form: [v5:MQTT-1.5.5-1].
        throw new MalformedPacketException(MalformedCause.REMAINING_LENGTH);
      }
      requireSize(headerBytes + length);
      if (readable < headerBytes + length) {
        return Decoded.Incomplete.INCOMPLETE;
      }
      in.skipBytes(headerBytes);
      return body(type, firstByte, in, length);
    } catch (MalformedPacketException e) {
      return new Decoded.Malformed(e.malformed());
    }
  }

  private PacketType requireAccepted(int firstByte) throws MalformedPacketException {
    PacketType type = PacketType.ofFirstByte(firstByte);
    boolean known = type != PacketType.AUTH || version == MqttVersion.V5;
    if (type == null || !known || (accepted & (1 << type.ordinal())) == 0) {
      throw new MalformedPacketException(
          admitted ? MalformedCause.UNEXPECTED_PACKET : MalformedCause.FIRST_PACKET_NOT_CONNECT);
    }
    int flags = firstByte & 0x0F;
    if (type == PacketType.PUBLISH) {
      PublishDecoder.requireFlags(firstByte);
    } else if (flags != requiredFlags(type) && !isResendOf31(type, flags)) { // [MQTT-2.2.2-2]
      throw new MalformedPacketException(MalformedCause.RESERVED_BITS);
    }
    return type;
  }

  private static int mask(Set<PacketType> types) {
    int mask = 0;
    for (PacketType type : types) {
      mask |= 1 << type.ordinal();
    }
    return mask;
  }

  private static int requiredFlags(PacketType type) {
    return switch (type) {
      case PUBREL, SUBSCRIBE, UNSUBSCRIBE -> 2;
      default -> 0;
    };
  }

  /** MQTT 3.1 §2.1 gives these packets QoS 1 and lets a client repeat them with DUP. */
  private boolean isResendOf31(PacketType type, int flags) {
    return version == MqttVersion.V3_1 && requiredFlags(type) == 2 && flags == 0xA;
  }

  private void requireSize(int packetBytes) throws MalformedPacketException {
    if (packetBytes > packetBytesMax) {
      throw new MalformedPacketException(
          admitted ? MalformedCause.PACKET_TOO_LARGE : MalformedCause.FIRST_PACKET_TOO_LARGE);
    }
  }

  private Decoded body(PacketType type, int firstByte, ByteBuf in, int length)
      throws MalformedPacketException {
    fields.begin(in, length);
    fields
        .properties()
        .begin(limits, admitted ? limits.propertyBytesMax() : limits.connectPropertyBytesMax());
    try {
      Decoded decoded =
          switch (type) {
            case CONNECT -> connect();
            case PUBLISH -> publish.decode(version, firstByte, fields, payloadBytesMax);
            case PUBACK, PUBREC, PUBREL, PUBCOMP -> AckDecoder.ack(type, version, fields);
            case SUBSCRIBE -> SubscribeDecoder.subscribe(version, fields, limits);
            case UNSUBSCRIBE -> SubscribeDecoder.unsubscribe(version, fields, limits);
            case PINGREQ -> MqttPacket.PingReq.PINGREQ;
            case DISCONNECT -> AckDecoder.disconnect(version, fields);
            case AUTH -> AckDecoder.auth(fields);
            case CONNACK, SUBACK, UNSUBACK, PINGRESP ->
                throw new MalformedPacketException(MalformedCause.UNEXPECTED_PACKET);
          };
      // A CONNECT of an unknown level is not read to its end: only its sender knows its shape.
      if (fields.remaining() != 0 && !(decoded instanceof Decoded.UnsupportedVersion)) {
        throw new MalformedPacketException(MalformedCause.TRAILING_BYTES);
      }
      return decoded;
    } finally {
      fields.end();
    }
  }

  private Decoded connect() throws MalformedPacketException {
    String name = fields.text();
    int level = fields.unsignedByte();
    MqttVersion named = ConnectDecoder.version(name, level);
    if (named == null || !versions.contains(named)) {
      return new Decoded.UnsupportedVersion(level);
    }
    version = named;
    return ConnectDecoder.decode(named, fields, limits);
  }
}
