package io.sallyport.web.hop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.certificate.UnverifiedChain;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PeerTableTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // The clock may wrap.
  private final PeerTable table =
      new PeerTable(new SecureRandom(), nanos::get, Duration.ofSeconds(2), 3);

  private static PeerRecord peer(long id) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    return new PeerRecord(
        id,
        "https",
        address,
        address,
        true,
        "",
        "",
        Optional.empty(),
        UnverifiedChain.NONE,
        false,
        () -> {});
  }

  private byte[] register(long id) {
    return table.register(peer(id)).orElseThrow();
  }

  @Test
  void token_has_128_bits_and_opens_its_own_record_once() {
    byte[] first = register(1);
    byte[] second = register(2);

    assertThat(first).hasSize(16).isNotEqualTo(second);
    assertThat(table.take(second)).hasValue(peer(2));
    assertThat(table.take(first)).hasValue(peer(1));
    assertThat(table.take(first)).isEmpty();
    assertThat(table.waiting()).isZero();
  }

  @Test
  void unknown_and_misshapen_tokens_open_nothing() {
    register(1);

    assertThat(table.take(new byte[16])).isEmpty();
    assertThat(table.take(new byte[15])).isEmpty();
    assertThat(table.waiting()).isEqualTo(1);
  }

  @Test
  void record_is_gone_after_its_time() {
    byte[] token = register(1);

    nanos.addAndGet(Duration.ofSeconds(2).toNanos());

    assertThat(table.take(token)).isEmpty();
    assertThat(table.waiting()).isZero();
  }

  @Test
  void abandoned_record_cannot_be_taken() {
    byte[] token = register(1);

    table.abandon(token);
    table.abandon(token);

    assertThat(table.take(token)).isEmpty();
    assertThat(table.waiting()).isZero();
  }

  @Test
  void full_table_takes_no_more_until_records_leave_or_expire() {
    byte[] token = register(1);
    register(2);
    register(3);
    assertThat(table.register(peer(4))).isEmpty();

    table.take(token);
    assertThat(table.register(peer(5))).isPresent();
    assertThat(table.register(peer(6))).isEmpty();

    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(table.register(peer(7))).isPresent();
    assertThat(table.waiting()).isEqualTo(1);
  }
}
