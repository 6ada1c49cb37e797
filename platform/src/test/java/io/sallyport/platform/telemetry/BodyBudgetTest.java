package io.sallyport.platform.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.telemetry.BodyBudget.Outcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {
  private static final int BODY_MAX = 64 << 10;

  /** Room for eight of the largest bodies, two for each tenant. */
  private final BodyBudget budget =
      new BodyBudget(
          BodyBudget.Limits.of(8L * BodyBudget.HELD_PER_BYTE * (BODY_MAX + 1)),
          new SimpleMeterRegistry());

  private static Principal tenant(int number) {
    return new Principal.Application(
        new TenantId("acme0" + number), number, "a-key", Set.of(Permission.EVENT_PUBLISH));
  }

  private static ByteArrayInputStream bytes(int count) {
    return new ByteArrayInputStream(new byte[count]);
  }

  private Outcome send(Principal sender, int count, List<BodyBudget.Lease> held)
      throws IOException {
    BodyBudget.Lease lease = budget.lease(sender);
    held.add(lease);
    return lease.read(bytes(count), -1, BODY_MAX);
  }

  @Test
  void body_is_read_whole_and_given_back_at_the_end() throws IOException {
    byte[] sent =
        "some text that is longer than nothing".repeat(999).getBytes(StandardCharsets.US_ASCII);
    try (BodyBudget.Lease lease = budget.lease(tenant(1))) {
      assertThat(lease.read(new ByteArrayInputStream(sent), sent.length, BODY_MAX))
          .isEqualTo(new Outcome.Whole(Payload.copyOf(sent)));
      assertThat(budget.bytes()).isBetween((long) sent.length, 4L * sent.length);
    }
    assertThat(budget.bytes()).isZero();
  }

  @Test
  void memory_is_taken_as_bytes_arrive_and_not_as_they_are_declared() throws IOException {
    try (BodyBudget.Lease lease = budget.lease(tenant(1))) {
      assertThat(lease.read(bytes(3), BODY_MAX, BODY_MAX)).isInstanceOf(Outcome.Whole.class);
      assertThat(budget.bytes()).isLessThan(4096);
    }
  }

  @Test
  void one_tenant_gets_a_quarter_and_leaves_the_rest_to_others() throws IOException {
    List<BodyBudget.Lease> held = new ArrayList<>();
    assertThat(send(tenant(1), BODY_MAX, held)).isInstanceOf(Outcome.Whole.class);
    assertThat(send(tenant(1), BODY_MAX, held)).isInstanceOf(Outcome.Whole.class);
    assertThat(send(tenant(1), BODY_MAX, held)).isEqualTo(new Outcome.NoRoom());
    for (int other = 2; other <= 4; other++) {
      assertThat(send(tenant(other), BODY_MAX, held)).isInstanceOf(Outcome.Whole.class);
    }
    held.forEach(BodyBudget.Lease::close);
    assertThat(budget.bytes()).isZero();
    assertThat(send(tenant(1), BODY_MAX, held)).isInstanceOf(Outcome.Whole.class);
  }

  @Test
  void all_together_get_no_more_than_there_is() throws IOException {
    List<BodyBudget.Lease> held = new ArrayList<>();
    int taken = 0;
    for (int i = 0; i < 20; i++) {
      taken += send(tenant(1 + i % 5), BODY_MAX, held) instanceof Outcome.Whole ? 1 : 0;
    }
    assertThat(taken).isEqualTo(8);
  }

  @Test
  void body_over_the_limit_is_too_large_whether_declared_or_not() throws IOException {
    try (BodyBudget.Lease lease = budget.lease(tenant(1))) {
      assertThat(lease.read(bytes(1), BODY_MAX + 1, BODY_MAX))
          .isEqualTo(new Outcome.TooLarge(false));
      assertThat(lease.read(bytes(BODY_MAX + 1), -1, BODY_MAX))
          .isEqualTo(new Outcome.TooLarge(false));
    }
  }

  @Test
  void who_may_only_read_sends_no_more_than_a_little() throws IOException {
    Principal reader =
        new Principal.Application(new TenantId("acme01"), 1, "a-key", Role.READER.permissions());
    try (BodyBudget.Lease lease = budget.lease(reader)) {
      assertThat(lease.read(bytes(9), 9, BODY_MAX)).isInstanceOf(Outcome.Whole.class);
      assertThat(lease.read(bytes(9), 4097, BODY_MAX)).isEqualTo(new Outcome.TooLarge(true));
      assertThat(lease.read(bytes(4097), -1, BODY_MAX)).isEqualTo(new Outcome.TooLarge(true));
    }
  }
}
