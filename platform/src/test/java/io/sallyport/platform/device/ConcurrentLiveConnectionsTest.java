package io.sallyport.platform.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.testing.RecordingConnection;
import java.util.ArrayList;
import java.util.List;
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
