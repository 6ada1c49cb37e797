package io.sallyport.simulator.fleet;

import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt3.Mqtt3ClientBuilder;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt3.message.connect.connack.Mqtt3ConnAckReturnCode;
import io.sallyport.simulator.access.ApplicationLogin;
import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.access.Endpoint;
import io.sallyport.simulator.access.Secret;
import io.sallyport.simulator.access.Trust;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Builders of MQTT 3.1.1 clients for one endpoint and organization: TLS with the given CA and full
 * name check, credentials as in the Watson contract section 3. Immutable.
 */
public final class MqttClients {
  private static final int CONNECT_SECONDS_MAX = 20;

  private final Endpoint endpoint;
  private final String organization;
  private final @Nullable MqttClientSslConfig tls;

  public MqttClients(Endpoint endpoint, String organization) throws IOException {
    this.endpoint = endpoint;
    this.organization = organization;
    this.tls =
        endpoint.encrypted()
            ? MqttClientSslConfig.builder()
                .trustManagerFactory(Trust.managers(endpoint.caFile()))
                .handshakeTimeout(CONNECT_SECONDS_MAX, TimeUnit.SECONDS)
                .build()
            : null;
  }

  public String organization() {
    return organization;
  }

  /** A client that logs in as this device. */
  public Mqtt3ClientBuilder device(DeviceLogin login) {
    return client(login.clientId(organization), DeviceLogin.USER_NAME, login.token());
  }

  /** A client that logs in as this application, under a client id of any organization. */
  public Mqtt3ClientBuilder application(String clientId, ApplicationLogin login) {
    return client(clientId, login.key(), login.token());
  }

  /** The server's return code when it refused the login; empty for every other failure. */
  public static Optional<Mqtt3ConnAckReturnCode> refusal(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof Mqtt3ConnAckException refused
        ? Optional.of(refused.getMqttMessage().getReturnCode())
        : Optional.empty();
  }

  private Mqtt3ClientBuilder client(String clientId, String user, Secret password) {
    Mqtt3ClientBuilder builder =
        Mqtt3Client.builder()
            .identifier(clientId)
            .transportConfig()
            .serverHost(endpoint.host())
            .serverPort(endpoint.port())
            .sslConfig(tls)
            .socketConnectTimeout(CONNECT_SECONDS_MAX, TimeUnit.SECONDS)
            .mqttConnectTimeout(CONNECT_SECONDS_MAX, TimeUnit.SECONDS)
            .applyTransportConfig();
    return builder.simpleAuth().username(user).password(password.revealBytes()).applySimpleAuth();
  }
}
