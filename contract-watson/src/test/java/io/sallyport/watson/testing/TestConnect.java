package io.sallyport.watson.testing;

import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Password;
import io.sallyport.mqtt.Qos;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Builds a CONNECT; TLS, 3.1.1 and clean session unless told otherwise. */
public final class TestConnect {
  private static final AtomicLong NEXT_CONNECTION = new AtomicLong();

  private final String clientId;
  private MqttVersion version = MqttVersion.V3_1_1;
  private boolean cleanStart = true;
  private Optional<Message> will = Optional.empty();
  private Optional<String> user = Optional.empty();
  private Optional<Password> password = Optional.empty();
  private Optional<String> sni = Optional.empty();
  private boolean secure = true;
  private boolean webSocket;
  private String address = "198.51.100.7";

  public TestConnect(String clientId) {
    this.clientId = clientId;
  }

  public TestConnect version(MqttVersion spoken) {
    version = spoken;
    return this;
  }

  public TestConnect persistent() {
    cleanStart = false;
    return this;
  }

  public TestConnect will(String topic, String payload) {
    will =
        Optional.of(Message.of(topic, payload.getBytes(StandardCharsets.UTF_8), Qos.AT_LEAST_ONCE));
    return this;
  }

  public TestConnect user(String name) {
    user = Optional.of(name);
    return this;
  }

  public TestConnect password(String text) {
    password = Optional.of(new Password(text.getBytes(StandardCharsets.UTF_8)));
    return this;
  }

  public TestConnect sni(String host) {
    sni = Optional.of(host);
    return this;
  }

  public TestConnect plain() {
    secure = false;
    return this;
  }

  public TestConnect webSocket() {
    webSocket = true;
    return this;
  }

  public TestConnect from(String peer) {
    address = peer;
    return this;
  }

  public ConnectRequest request() {
    ConnectionInfo connection =
        new ConnectionInfo(
            NEXT_CONNECTION.incrementAndGet(),
            "mqtts",
            new InetSocketAddress(address, 40_000),
            new InetSocketAddress("192.0.2.1", 8883),
            secure,
            secure ? "TLSv1.3" : "",
            secure ? "TLS_AES_128_GCM_SHA256" : "",
            sni,
            List.of(),
            webSocket);
    return new ConnectRequest(version, clientId, cleanStart, 60, will, user, password, connection);
  }
}
