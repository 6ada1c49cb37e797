package io.sallyport.mqtt;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * A client that knows no rules: writes the bytes it is told and shows the packets that come back.
 * Shares no code with the server's codec. Works on any connected socket, so on TLS too.
 */
public final class RawMqttClient implements AutoCloseable {
  public static final int CONNACK = 2;
  public static final int PUBLISH = 3;
  public static final int PUBACK = 4;
  public static final int PUBREC = 5;
  public static final int PUBREL = 6;
  public static final int PUBCOMP = 7;
  public static final int SUBACK = 9;
  public static final int UNSUBACK = 11;
  public static final int PINGRESP = 13;
  public static final int DISCONNECT = 14;

  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket;
  private final DataInputStream in;

  /** Takes the socket over. */
  public RawMqttClient(Socket socket) {
    this.socket = socket;
    try {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      this.in = new DataInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Plain TCP to a port of this machine. */
  public static RawMqttClient open(int port) {
    try {
      return new RawMqttClient(new Socket(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One packet from the server. */
  public record Packet(int firstByte, Body body) {
    public int type() {
      return firstByte >>> 4;
    }

    /** The two bytes at the start of an acknowledgement. */
    public int packetId() {
      return body.unsignedShort(0);
    }

    public String hex() {
      return HexFormat.of().formatHex(body.bytes);
    }
  }

  /** Bytes behind the fixed header. */
  public static final class Body {
    private final byte[] bytes;

    Body(byte[] bytes) {
      this.bytes = bytes;
    }

    public int length() {
      return bytes.length;
    }

    public int unsignedByte(int at) {
      return bytes[at] & 0xFF;
    }

    public int unsignedShort(int at) {
      return (unsignedByte(at) << 8) | unsignedByte(at + 1);
    }
  }

  /** A PUBLISH from the server. */
  public record Published(
      String topic, String payload, int qos, boolean retain, boolean duplicate, int packetId) {}

  /** A PUBLISH of version 5; its properties as {@link RawProperties} tells them. */
  public record Published5(
      String topic,
      String payload,
      int qos,
      boolean retain,
      boolean duplicate,
      int packetId,
      List<String> properties) {
    public Published5 {
      properties = List.copyOf(properties);
    }
  }

  /** A CONNACK of version 5. */
  public record ConnAck5(boolean sessionPresent, int code, List<String> properties) {
    public ConnAck5 {
      properties = List.copyOf(properties);
    }
  }

  // ---- writing

  public RawMqttClient send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Bytes as hexadecimal digits; spaces are ignored. */
  public RawMqttClient sendHex(String hex) {
    return send(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  public RawMqttClient sendPublish(String topic, String payload, int qos, int packetId) {
    return send(publish(topic, payload, qos, packetId, false, false));
  }

  public RawMqttClient sendSubscribe(int packetId, int qos, String... filters) {
    Bytes body = new Bytes().u16(packetId);
    for (String filter : filters) {
      body.text(filter).u8(qos);
    }
    return send(packet(0x82, body));
  }

  public RawMqttClient sendUnsubscribe(int packetId, String... filters) {
    Bytes body = new Bytes().u16(packetId);
    for (String filter : filters) {
      body.text(filter);
    }
    return send(packet(0xA2, body));
  }

  /** PUBACK, PUBREC, PUBREL or PUBCOMP. */
  public RawMqttClient sendAck(int type, int packetId) {
    int flags = type == PUBREL ? 2 : 0;
    return send(packet((type << 4) | flags, new Bytes().u16(packetId)));
  }

  public RawMqttClient sendPing() {
    return sendHex("C000");
  }

  public RawMqttClient sendDisconnect() {
    return sendHex("E000");
  }

  /** In version 5, without properties. */
  public RawMqttClient sendPublish5(String topic, String payload, int qos, int packetId) {
    return send(publish5(topic, payload, qos, packetId, new Bytes()));
  }

  /** In version 5, with those properties. */
  public static byte[] publish5(
      String topic, String payload, int qos, int packetId, Bytes properties) {
    return publish5(0x30 | (qos << 1), topic, payload, packetId, properties);
  }

  /**
   * In version 5.
   *
   * @param packetId 0 writes none
   */
  public static byte[] publish5(
      int firstByte, String topic, String payload, int packetId, Bytes properties) {
    Bytes body = new Bytes().text(topic);
    if (packetId > 0) {
      body.u16(packetId);
    }
    body.raw(RawProperties.block(properties).toByteArray());
    return packet(firstByte, body.raw(payload.getBytes(StandardCharsets.UTF_8)));
  }

  /** PUBACK, PUBREC, PUBREL or PUBCOMP of version 5. */
  public RawMqttClient sendAck5(int type, int packetId, int reasonCode) {
    int flags = type == PUBREL ? 2 : 0;
    return send(packet((type << 4) | flags, new Bytes().u16(packetId).u8(reasonCode)));
  }

  /** In version 5. */
  public RawMqttClient sendDisconnect5(int reasonCode, Bytes properties) {
    byte[] block = RawProperties.block(properties).toByteArray();
    return send(packet(0xE0, new Bytes().u8(reasonCode).raw(block)));
  }

  public static byte[] publish(
      String topic, String payload, int qos, int packetId, boolean retain, boolean duplicate) {
    Bytes body = new Bytes().text(topic);
    if (qos > 0) {
      body.u16(packetId);
    }
    body.raw(payload.getBytes(StandardCharsets.UTF_8));
    return packet(0x30 | (duplicate ? 8 : 0) | (qos << 1) | (retain ? 1 : 0), body);
  }

  public static byte[] connect(String clientId, boolean cleanSession, int keepAliveSeconds) {
    return new Connect(clientId).clean(cleanSession).keepAlive(keepAliveSeconds).bytes();
  }

  /** A packet of the first byte and body given, with its length right. */
  public static byte[] packet(int firstByte, Bytes body) {
    byte[] bytes = body.toByteArray();
    Bytes packet = new Bytes().u8(firstByte);
    int rest = bytes.length;
    while (rest > 127) {
      packet.u8((rest & 127) | 128);
      rest >>>= 7;
    }
    return packet.u8(rest).raw(bytes).toByteArray();
  }

  /** A CONNECT of 3.1.1, field by field. */
  public static final class Connect {
    private final String clientId;
    private boolean clean = true;
    private int keepAlive = 60;
    private int level = 4;
    private String name = "MQTT";
    private String user = "";
    private String password = "";
    private String willTopic = "";
    private String willPayload = "";
    private int willQos;
    private boolean willRetain;
    private boolean version5;
    private Bytes properties = new Bytes();
    private Bytes willProperties = new Bytes();

    public Connect(String clientId) {
      this.clientId = clientId;
    }

    public Connect clean(boolean cleanSession) {
      clean = cleanSession;
      return this;
    }

    public Connect keepAlive(int seconds) {
      keepAlive = seconds;
      return this;
    }

    public Connect version5() {
      version5 = true;
      level = 5;
      return this;
    }

    /** Makes it version 5. */
    public Connect properties(Bytes block) {
      properties = block;
      return version5();
    }

    public Connect willProperties(Bytes block) {
      willProperties = block;
      return this;
    }

    public Connect protocol(String protocolName, int protocolLevel) {
      name = protocolName;
      level = protocolLevel;
      return this;
    }

    public Connect login(String userName, String secret) {
      user = userName;
      password = secret;
      return this;
    }

    public Connect will(String topic, String payload, int qos, boolean retain) {
      willTopic = topic;
      willPayload = payload;
      willQos = qos;
      willRetain = retain;
      return this;
    }

    public byte[] bytes() {
      boolean will = !willTopic.isEmpty();
      int flags = clean ? 2 : 0;
      flags |= will ? 4 | (willQos << 3) | (willRetain ? 0x20 : 0) : 0;
      flags |= user.isEmpty() ? 0 : 0x80;
      flags |= password.isEmpty() ? 0 : 0x40;
      Bytes body = new Bytes().text(name).u8(level).u8(flags).u16(keepAlive);
      if (version5) {
        body.raw(RawProperties.block(properties).toByteArray());
      }
      body.text(clientId);
      if (will) {
        if (version5) {
          body.raw(RawProperties.block(willProperties).toByteArray());
        }
        body.text(willTopic).text(willPayload);
      }
      if (!user.isEmpty()) {
        body.text(user);
      }
      if (!password.isEmpty()) {
        body.text(password);
      }
      return packet(0x10, body);
    }
  }

  /** Gathers fields. */
  public static final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public Bytes u8(int value) {
      out.write(value);
      return this;
    }

    public Bytes u16(int value) {
      return u8(value >>> 8).u8(value);
    }

    /** Hexadecimal digits; spaces are ignored. */
    public Bytes hex(String digits) {
      return raw(HexFormat.of().parseHex(digits.replace(" ", "")));
    }

    public Bytes u32(long value) {
      return u16((int) (value >>> 16) & 0xFFFF).u16((int) value & 0xFFFF);
    }

    /** A variable byte integer. */
    public Bytes variable(int value) {
      int rest = value;
      while (rest > 127) {
        u8((rest & 127) | 128);
        rest >>>= 7;
      }
      return u8(rest);
    }

    public Bytes raw(byte[] bytes) {
      out.writeBytes(bytes);
      return this;
    }

    public Bytes text(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return u16(bytes.length).raw(bytes);
    }

    public byte[] toByteArray() {
      return out.toByteArray();
    }
  }

  // ---- reading

  /** Sends CONNECT and expects CONNACK with code 0; answers whether a session was present. */
  public boolean login(String clientId, boolean cleanSession) {
    return login(new Connect(clientId).clean(cleanSession));
  }

  public boolean login(Connect connect) {
    send(connect.bytes());
    Packet ack = expect(CONNACK);
    if (ack.body().unsignedByte(1) != 0) {
      throw new AssertionError("CONNACK with code " + ack.body().unsignedByte(1));
    }
    return ack.body().unsignedByte(0) == 1;
  }

  /** Sends CONNECT of version 5 and answers the CONNACK, whatever it says. */
  public ConnAck5 connect5(Connect connect) {
    send(connect.version5().bytes());
    return expectConnAck5();
  }

  public ConnAck5 expectConnAck5() {
    ByteBuffer body = ByteBuffer.wrap(expect(CONNACK).body().bytes);
    boolean present = body.get() == 1;
    int code = body.get() & 0xFF;
    return new ConnAck5(present, code, RawProperties.read(body));
  }

  /** Sends SUBSCRIBE of version 5; the SUBACK's codes as hexadecimal digits. */
  public String subscribe5(int packetId, int options, Bytes properties, String... filters) {
    Bytes body = new Bytes().u16(packetId);
    body.raw(RawProperties.block(properties).toByteArray());
    for (String filter : filters) {
      body.text(filter).u8(options);
    }
    send(packet(0x82, body));
    return expect(SUBACK).hex().substring(6);
  }

  /** The reason code of an acknowledgement of version 5 for that id. */
  public int expectReason(int type, int packetId) {
    Packet ack = expect(type);
    if (ack.packetId() != packetId) {
      throw new AssertionError("acknowledgement for " + ack.packetId() + ", not " + packetId);
    }
    return ack.body().length() == 2 ? 0 : ack.body().unsignedByte(2);
  }

  /** A DISCONNECT of version 5, and then the end; answers its reason code. */
  public int expectDisconnect() {
    Packet packet = expect(DISCONNECT);
    expectClosed();
    return packet.body().length() == 0 ? 0 : packet.body().unsignedByte(0);
  }

  public Published5 expectPublish5() {
    return published5(expect(PUBLISH));
  }

  /** The fields of a PUBLISH of version 5. */
  public static Published5 published5(Packet packet) {
    ByteBuffer body = ByteBuffer.wrap(packet.body().bytes);
    byte[] topic = new byte[body.getShort() & 0xFFFF];
    body.get(topic);
    int qos = (packet.firstByte() >> 1) & 3;
    int id = qos > 0 ? body.getShort() & 0xFFFF : 0;
    List<String> properties = RawProperties.read(body);
    byte[] payload = new byte[body.remaining()];
    body.get(payload);
    return new Published5(
        new String(topic, StandardCharsets.UTF_8),
        new String(payload, StandardCharsets.UTF_8),
        qos,
        (packet.firstByte() & 1) != 0,
        (packet.firstByte() & 8) != 0,
        id,
        properties);
  }

  /** The CONNACK's code. */
  public int expectConnAck() {
    return expect(CONNACK).body().unsignedByte(1);
  }

  /** Sends SUBSCRIBE; the SUBACK's codes as hexadecimal digits. */
  public String subscribe(int packetId, int qos, String... filters) {
    sendSubscribe(packetId, qos, filters);
    Packet ack = expect(SUBACK);
    if (ack.packetId() != packetId) {
      throw new AssertionError("SUBACK for " + ack.packetId() + ", not " + packetId);
    }
    return ack.hex().substring(4);
  }

  public Packet read() {
    try {
      int first = in.readUnsignedByte();
      int length = 0;
      int shift = 0;
      int b;
      do {
        b = in.readUnsignedByte();
        length |= (b & 127) << shift;
        shift += 7;
      } while (b > 127);
      byte[] body = new byte[length];
      in.readFully(body);
      return new Packet(first, new Body(body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Packet expect(int type) {
    Packet packet = read();
    if (packet.type() != type) {
      throw new AssertionError("packet of type " + packet.type() + ", not " + type);
    }
    return packet;
  }

  /** An acknowledgement of that type; answers its packet id. */
  public int expectAck(int type) {
    return expect(type).packetId();
  }

  public Published expectPublish() {
    return published(expect(PUBLISH));
  }

  /** The fields of a PUBLISH. */
  public static Published published(Packet packet) {
    byte[] body = packet.body().bytes;
    int topicLength = packet.body().unsignedShort(0);
    int qos = (packet.firstByte() >> 1) & 3;
    int at = 2 + topicLength;
    int id = qos > 0 ? packet.body().unsignedShort(at) : 0;
    at += qos > 0 ? 2 : 0;
    return new Published(
        new String(body, 2, topicLength, StandardCharsets.UTF_8),
        new String(body, at, body.length - at, StandardCharsets.UTF_8),
        qos,
        (packet.firstByte() & 1) != 0,
        (packet.firstByte() & 8) != 0,
        id);
  }

  /** Nothing but PINGRESP comes: what should have come before it has not. */
  public void expectNothingBeforePong() {
    sendPing();
    expect(PINGRESP);
  }

  /** No byte within that time. */
  public void expectSilence(int millis) {
    try {
      socket.setSoTimeout(millis);
      throw new AssertionError("read a byte: " + in.read());
    } catch (SocketTimeoutException e) {
      setPatience();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The server closes without another byte. */
  public void expectClosed() {
    try {
      int next = in.read();
      if (next >= 0) {
        throw new AssertionError("byte " + next + " instead of the end");
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("still open", e);
    } catch (EOFException | SocketException e) {
      // A reset is an end, too.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Cuts the connection without DISCONNECT. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void setPatience() {
    try {
      socket.setSoTimeout(PATIENCE_MILLIS);
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }
}
