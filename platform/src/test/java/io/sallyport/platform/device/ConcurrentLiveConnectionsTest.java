package io.sallyport.platform.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.testing.RecordingConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ConcurrentLiveConnectionsTest {
  private static final DeviceKey PUMP = DeviceKey.of("acme01", "pump", "p1");
  private static final TenantId ACME = PUMP.tenant();

  private final ConcurrentLiveConnections connections = new ConcurrentLiveConnections();

  private static RecordingConnection ofPump() {
    return new RecordingConnection(new Principal.Device(PUMP, 1, 7, false));
  }

  private static RecordingConnection ofKey(String key) {
    return new RecordingConnection(new Principal.Application(ACME, 1, key, Set.of()));
  }

  @Test
  void all_connections_of_a_key_are_closed_and_those_of_others_are_not() {
    RecordingConnection first = ofKey("a");
    RecordingConnection second = ofKey("a");
    RecordingConnection other = ofKey("b");
    List.of(first, second, other).forEach(connections::register);

    connections.closeApiKey(ACME, "a");

    assertThat(first.closed()).isTrue();
    assertThat(second.closed()).isTrue();
    assertThat(other.closed()).isFalse();
  }

  private static ConnectionDetails details(String since, String address) {
    return new ConnectionDetails(Instant.parse(since), address, true, "watson", "d:acme01:pump:p1");
  }

  @Test
  void newest_connection_of_a_device_is_shown_and_none_that_is_not_let_in() {
    assertThat(connections.connection(PUMP)).isEmpty();
    Principal principal = ofPump().principal();
    ConnectionDetails older = details("2026-11-20T10:00:00Z", "192.0.2.1");
    ConnectionDetails newer = details("2026-11-20T10:00:01Z", "192.0.2.2");
    connections.register(new RecordingConnection(principal));
    assertThat(connections.connection(PUMP)).isEmpty();

    connections.register(new RecordingConnection(principal, Optional.of(newer)));
    connections.register(new RecordingConnection(principal, Optional.of(older)));

    assertThat(connections.connection(PUMP)).contains(newer);
  }

  @Test
  void connection_that_was_taken_out_is_left_alone_and_counted_no_more() {
    RecordingConnection pump = ofPump();
    LiveConnections.Registration registration = connections.register(pump);
    assertThat(connections.isConnected(PUMP)).isTrue();
    assertThat(connections.count()).isEqualTo(1);

    registration.close();
    registration.close();
    connections.closeDevice(PUMP);

    assertThat(pump.closed()).isFalse();
    assertThat(connections.isConnected(PUMP)).isFalse();
    assertThat(connections.count()).isZero();
  }

  @Test
  void connection_that_fails_to_close_does_not_keep_others_open() {
    connections.register(
        new LiveConnection() {
          @Override
          public Optional<ConnectionDetails> details() {
            return Optional.empty();
          }

          @Override
          public Principal principal() {
            return new Principal.Device(PUMP, 1, 7, false);
          }

          @Override
          public void closeRevoked() {
            throw new IllegalStateException("stuck");
          }
        });
    RecordingConnection good = ofPump();
    connections.register(good);

    connections.closeTenant(ACME);

    assertThat(good.closed()).isTrue();
  }

  @Test
  void registering_and_closing_from_many_threads_loses_nothing() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> work = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        work.add(
            threads.submit(() -> {
              for (int round = 0; round < 5_000; round++) {
                connections.register(ofPump()).close();
              }
            }));
      }
      for (Future<?> done : work) {
        done.get();
      }
    }

    assertThat(connections.count()).isZero();
    assertThat(connections.isConnected(PUMP)).isFalse();
  }
}
