package io.sallyport.platform.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.identity.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LiveRequestTest {
  private static final DeviceKey PUMP = DeviceKey.of("acme01", "pump", "p1");
  private static final Principal DEVICE = new Principal.Device(PUMP, 1, 7, false);

  private final ConcurrentLiveConnections live = new ConcurrentLiveConnections();
  private final AtomicBoolean unchanged = new AtomicBoolean(true);
  private final Connection connection = new Connection();

  private static final class Connection implements RequestConnection {
    private final List<LiveConnections.Registration> places = new ArrayList<>();
    private boolean cut;

    @Override
    public void cut() {
      cut = true;
    }

    @Override
    public void occupy(LiveConnections.Registration place) {
      places.add(place);
    }
  }

  private LiveRequest begin() {
    return LiveRequest.begin(live, DEVICE, unchanged::get, connection);
  }

  private void revokeElsewhere() throws InterruptedException {
    Thread.ofVirtual().start(() -> live.closeDevice(PUMP)).join();
  }

  @Test
  void revocation_cuts_the_connection_and_the_request_holds_no_more() throws Exception {
    try (LiveRequest request = begin()) {
      assertThat(request.holds()).isTrue();
      revokeElsewhere();
      assertThat(connection.cut).isTrue();
      assertThat(request.holds()).isFalse();
    }
  }

  @Test
  void changed_versions_are_seen_without_a_word_from_anybody() {
    try (LiveRequest request = begin()) {
      unchanged.set(false);
      assertThat(request.holds()).isFalse();
    }
  }

  @Test
  void answer_under_way_is_cut_after_its_request_is_over() throws Exception {
    begin().close();
    revokeElsewhere();
    assertThat(connection.cut).isTrue();
    connection.places.forEach(LiveConnections.Registration::close);
    assertThat(live.count()).isZero();
  }

  @Test
  void who_takes_its_own_credential_away_is_answered() {
    try (LiveRequest request = begin()) {
      live.closeDevice(PUMP);
      assertThat(connection.cut).isFalse();
      assertThat(request.holds()).isFalse();
    }
    live.closeDevice(PUMP);
    assertThat(connection.cut).as("but not after its request").isTrue();
  }

  @Test
  void without_a_connection_the_place_ends_with_the_request() throws Exception {
    try (LiveRequest request = LiveRequest.begin(live, DEVICE, unchanged::get, null)) {
      assertThat(live.isConnected(PUMP)).as("a request is no connection").isFalse();
      revokeElsewhere();
      assertThat(request.holds()).isFalse();
    }
    assertThat(live.count()).isZero();
  }
}
