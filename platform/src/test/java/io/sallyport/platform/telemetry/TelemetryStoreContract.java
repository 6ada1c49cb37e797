package io.sallyport.platform.telemetry;

import static io.sallyport.platform.telemetry.TestEvents.anEvent;
import static io.sallyport.platform.telemetry.TestEvents.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every telemetry store does; implemented by each store's test class. */
public interface TelemetryStoreContract {
  int TENANT = 1;
  int OTHER_TENANT = 2;
  int TENANT_WITHOUT_CACHE = 3;
  IntPredicate LAST_EVENT_CACHE = tenant -> tenant != TENANT_WITHOUT_CACHE;
  long DEVICE = 5;
  long OTHER_DEVICE = 6;

  /** An empty store, with the last event cache on where {@link #LAST_EVENT_CACHE} says. */
  TelemetryStore store();

  private TestEvents event(long timeMillis) {
    return anEvent().inTenant(TENANT).ofDevice(DEVICE).at(timeMillis);
  }

  private Page<StoredEvent> history(long device, EventQuery query, PageRequest page) {
    return store().history(key(TENANT, device), device, TENANT, query, page);
  }

  private List<Long> times(Page<StoredEvent> page) {
    return page.items().stream().map(stored -> stored.event().timeMillis()).toList();
  }

  private Optional<StoredEvent> lastEvent(int tenant, long device, String name, long notBefore) {
    return store().lastEvent(key(tenant, device), device, tenant, name, notBefore);
  }

  @Test
  default void appended_events_come_back_as_they_were() {
    Event first = event(10).named("käse").format("bin").payload(new byte[] {0, 1, -1}).build();
    Event second = event(20).sentBy("d:t00001:gw:g1").payload("").build();
    long[] positions = store().append(List.of(first, second));
    assertThat(history(DEVICE, EventQuery.ALL, PageRequest.first(10)).items())
        .containsExactly(
            new StoredEvent(positions[1], second), new StoredEvent(positions[0], first));
    assertThat(store().read(TENANT, 0, 10))
        .containsExactly(
            new StoredEvent(positions[0], first), new StoredEvent(positions[1], second));
  }

  @Test
  default void positions_of_a_tenant_rise_over_batches() {
    List<Long> positions = new ArrayList<>();
    for (int batch = 0; batch < 5; batch++) {
      for (long position : store().append(List.of(event(10).build(), event(9).build()))) {
        positions.add(position);
      }
      assertThat(store().endPosition(TENANT)).isGreaterThan(positions.getLast());
    }
    assertThat(positions).isSorted().doesNotHaveDuplicates();
  }

  @Test
  default void history_shows_one_devices_events_newest_first() {
    store()
        .append(
            List.of(
                event(10).build(),
                event(30).build(),
                event(40).ofDevice(OTHER_DEVICE).build(),
                event(20).build()));
    assertThat(times(history(DEVICE, EventQuery.ALL, PageRequest.first(10))))
        .containsExactly(30L, 20L, 10L);
    assertThat(history(7, EventQuery.ALL, PageRequest.first(10)).items()).isEmpty();
  }

  @Test
  default void history_pages_meet_without_gap_or_overlap() {
    store().append(IntStream.range(0, 25).mapToObj(i -> event(100 + i / 3).build()).toList());
    List<Long> positions = new ArrayList<>();
    Optional<String> next = Optional.empty();
    int pages = 0;
    do {
      Page<StoredEvent> page = history(DEVICE, EventQuery.ALL, new PageRequest(4, next));
      page.items().forEach(stored -> positions.add(stored.position()));
      next = page.next();
      pages++;
    } while (next.isPresent());
    assertThat(pages).isEqualTo(7);
    assertThat(positions.reversed()).hasSize(25).isSorted().doesNotHaveDuplicates();
  }

  @Test
  default void history_is_limited_by_time_name_and_format() {
    store()
        .append(
            List.of(
                event(10).build(),
                event(20).named("alarm").build(),
                event(30).format("csv").build(),
                event(40).build()));
    assertThat(
            times(
                history(
                    DEVICE,
                    new EventQuery(20, 40, Optional.empty(), false),
                    PageRequest.first(10))))
        .containsExactly(30L, 20L);
    assertThat(
            times(
                history(
                    DEVICE,
                    new EventQuery(0, Long.MAX_VALUE, Optional.of("alarm"), false),
                    PageRequest.first(10))))
        .containsExactly(20L);
    assertThat(
            times(
                history(
                    DEVICE,
                    new EventQuery(0, Long.MAX_VALUE, Optional.empty(), true),
                    PageRequest.first(10))))
        .containsExactly(40L, 20L, 10L);
  }

  @Test
  default void rare_matches_are_found_over_many_pages() {
    for (int batch = 0; batch < 10; batch++) {
      int base = batch * 1_000;
      store()
          .append(
              IntStream.range(base, base + 1_000)
                  .mapToObj(i -> event(i).named(i % 2_500 == 0 ? "rare" : "status").build())
                  .toList());
    }
    EventQuery rare = new EventQuery(0, Long.MAX_VALUE, Optional.of("rare"), false);
    List<Long> found = new ArrayList<>();
    Page<StoredEvent> page = history(DEVICE, rare, PageRequest.first(2));
    found.addAll(times(page));
    while (page.next().isPresent()) {
      page = history(DEVICE, rare, PageRequest.first(2).next(page.next().get()));
      found.addAll(times(page));
    }
    assertThat(found).containsExactly(7_500L, 5_000L, 2_500L, 0L);
  }

  @Test
  default void place_that_the_store_did_not_make_is_refused() {
    store().append(List.of(event(10).build()));
    for (String after : List.of("", "x", "AAAA", "\u0000", "ä".repeat(20), "A".repeat(4_000))) {
      assertThatThrownBy(() -> history(DEVICE, EventQuery.ALL, PageRequest.first(5).next(after)))
          .isInstanceOfSatisfying(
              ProblemException.class,
              refused -> assertThat(refused.problem().code()).isEqualTo(Problem.Code.BAD_CURSOR));
      assertThatThrownBy(
              () -> store().tenantHistory(TENANT, EventQuery.ALL, PageRequest.first(5).next(after)))
          .isInstanceOfSatisfying(
              ProblemException.class,
              refused -> assertThat(refused.problem().code()).isEqualTo(Problem.Code.BAD_CURSOR));
    }
  }

  @Test
  default void tenant_history_shows_all_devices_of_one_tenant_in_pages() {
    store()
        .append(
            List.of(
                event(10).build(),
                event(15).inTenant(OTHER_TENANT).build(),
                event(20).ofDevice(OTHER_DEVICE).build(),
                event(30).named("alarm").build()));
    Page<StoredEvent> page = store().tenantHistory(TENANT, EventQuery.ALL, PageRequest.first(2));
    assertThat(times(page)).containsExactly(30L, 20L);
    Page<StoredEvent> rest =
        store()
            .tenantHistory(
                TENANT, EventQuery.ALL, PageRequest.first(2).next(page.next().orElseThrow()));
    assertThat(times(rest)).containsExactly(10L);
    assertThat(rest.next()).isEmpty();
    assertThat(
            times(
                store()
                    .tenantHistory(
                        TENANT,
                        new EventQuery(10, 30, Optional.empty(), false),
                        PageRequest.first(5))))
        .containsExactly(20L, 10L);
  }

  @Test
  default void no_read_reaches_another_tenants_events() {
    store().append(List.of(event(10).build()));
    assertThat(
            store()
                .history(
                    key(OTHER_TENANT, DEVICE),
                    DEVICE,
                    OTHER_TENANT,
                    EventQuery.ALL,
                    PageRequest.first(5))
                .items())
        .isEmpty();
    assertThat(store().tenantHistory(OTHER_TENANT, EventQuery.ALL, PageRequest.first(5)).items())
        .isEmpty();
    assertThat(store().read(OTHER_TENANT, 0, 5)).isEmpty();
    assertThat(lastEvent(OTHER_TENANT, DEVICE, "status", 0)).isEmpty();
    assertThat(store().endPosition(OTHER_TENANT)).isZero();
    assertThat(store().bytes(OTHER_TENANT)).isZero();
  }

  @Test
  default void read_goes_on_from_a_position() {
    long[] positions =
        store().append(List.of(event(10).build(), event(20).build(), event(30).build()));
    assertThat(store().read(TENANT, positions[1], 10)).hasSize(2);
    assertThat(store().read(TENANT, positions[0], 2)).hasSize(2);
    assertThat(store().read(TENANT, store().endPosition(TENANT), 10)).isEmpty();
  }

  @Test
  default void readers_have_cursors_of_their_own_per_tenant() {
    assertThat(store().cursor(TENANT, "webhook-1")).isEmpty();
    store().commitCursor(TENANT, "webhook-1", 3);
    store().commitCursor(TENANT, "webhook-1", 7);
    store().commitCursor(TENANT, "webhook-2", 1);
    assertThat(store().cursor(TENANT, "webhook-1")).contains(7L);
    assertThat(store().cursor(TENANT, "webhook-2")).contains(1L);
    assertThat(store().cursor(OTHER_TENANT, "webhook-1")).isEmpty();
  }

  @Test
  default void last_event_of_each_name_is_kept() {
    Event newest = event(30).payload("newest").build();
    Event alarm = event(20).named("alarm").build();
    long[] positions =
        store().append(List.of(event(10).build(), alarm, newest, event(40).ofDevice(9).build()));
    assertThat(lastEvent(TENANT, DEVICE, "status", 0))
        .contains(new StoredEvent(positions[2], newest));
    assertThat(lastEvent(TENANT, DEVICE, "status", 31)).isEmpty();
    assertThat(lastEvent(TENANT, DEVICE, "statu", 0)).isEmpty();
    assertThat(store().lastEvents(key(TENANT, DEVICE), DEVICE, TENANT, 0, Long.MAX_VALUE))
        .containsExactlyInAnyOrder(
            new StoredEvent(positions[1], alarm), new StoredEvent(positions[2], newest));
    assertThat(store().lastEvents(key(TENANT, DEVICE), DEVICE, TENANT, 25, Long.MAX_VALUE))
        .containsExactly(new StoredEvent(positions[2], newest));
    long bytes = (long) alarm.payload().size() + newest.payload().size();
    assertThat(store().lastEvents(key(TENANT, DEVICE), DEVICE, TENANT, 0, bytes)).hasSize(2);
    assertThatThrownBy(() -> store().lastEvents(key(TENANT, DEVICE), DEVICE, TENANT, 0, bytes - 1))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problem().code()).isEqualTo(Problem.Code.TOO_LARGE));
  }

  @Test
  default void no_last_event_is_kept_where_the_cache_is_off() {
    store().append(List.of(event(10).inTenant(TENANT_WITHOUT_CACHE).build()));
    assertThat(lastEvent(TENANT_WITHOUT_CACHE, DEVICE, "status", 0)).isEmpty();
    assertThat(
            store()
                .lastEvents(
                    key(TENANT_WITHOUT_CACHE, DEVICE),
                    DEVICE,
                    TENANT_WITHOUT_CACHE,
                    0,
                    Long.MAX_VALUE))
        .isEmpty();
  }

  @Test
  default void events_beyond_the_retention_time_are_not_seen_any_more() {
    long[] positions =
        store()
            .append(
                List.of(
                    event(10).named("old").build(),
                    event(20).build(),
                    event(30).build(),
                    event(10).inTenant(OTHER_TENANT).build()));
    store().retain(TENANT, 20, Long.MAX_VALUE);
    assertThat(times(history(DEVICE, EventQuery.ALL, PageRequest.first(10))))
        .containsExactly(30L, 20L);
    assertThat(times(store().tenantHistory(TENANT, EventQuery.ALL, PageRequest.first(10))))
        .containsExactly(30L, 20L);
    assertThat(store().read(TENANT, 0, 10).getFirst().position()).isEqualTo(positions[1]);
    assertThat(lastEvent(TENANT, DEVICE, "old", 0)).isEmpty();
    assertThat(store().read(OTHER_TENANT, 0, 10)).hasSize(1);
    store().retain(TENANT, 1_000, Long.MAX_VALUE);
    assertThat(store().read(TENANT, 0, 10)).isEmpty();
    assertThat(store().append(List.of(event(2_000).build()))[0]).isGreaterThan(positions[2]);
  }

  @Test
  default void oldest_events_go_when_a_tenant_has_too_many_bytes() {
    for (int batch = 0; batch < 20; batch++) {
      int time = 100 + batch;
      store().append(IntStream.range(0, 50).mapToObj(_ -> event(time).build()).toList());
    }
    long before = store().bytes(TENANT);
    store().retain(TENANT, 0, before / 2);
    assertThat(store().bytes(TENANT)).isBetween(before / 3, before / 2);
    List<StoredEvent> left = store().read(TENANT, 0, 2_000);
    assertThat(left).hasSizeBetween(330, 510);
    assertThat(left.getLast().event().timeMillis()).isEqualTo(119);
    Page<StoredEvent> page = history(DEVICE, EventQuery.ALL, PageRequest.first(1_000));
    assertThat(page.items()).hasSameSizeAs(left);
    assertThat(page.next()).isEmpty();
  }

  @Test
  default void deleted_devices_events_are_gone_and_others_stay() {
    store()
        .append(
            List.of(
                event(10).build(), event(20).ofDevice(OTHER_DEVICE).build(), event(30).build()));
    store().deleteDevice(TENANT, DEVICE);
    assertThat(history(DEVICE, EventQuery.ALL, PageRequest.first(10)).items()).isEmpty();
    assertThat(lastEvent(TENANT, DEVICE, "status", 0)).isEmpty();
    assertThat(times(store().tenantHistory(TENANT, EventQuery.ALL, PageRequest.first(10))))
        .containsExactly(20L);
    assertThat(lastEvent(TENANT, OTHER_DEVICE, "status", 0)).isPresent();
  }

  @Test
  default void deleted_tenant_has_nothing_and_gets_nothing() {
    store().append(List.of(event(10).build(), event(10).inTenant(OTHER_TENANT).build()));
    store().commitCursor(TENANT, "webhook-1", 3);
    deleteTenant(TENANT);
    assertThat(store().read(TENANT, 0, 10)).isEmpty();
    assertThat(history(DEVICE, EventQuery.ALL, PageRequest.first(10)).items()).isEmpty();
    assertThat(store().cursor(TENANT, "webhook-1")).isEmpty();
    assertThat(store().bytes(TENANT)).isZero();
    long[] positions =
        store().append(List.of(event(20).build(), event(20).inTenant(OTHER_TENANT).build()));
    assertThat(positions[0]).isEqualTo(TelemetryStore.NOT_STORED);
    assertThat(positions[1]).isPositive();
    assertThat(store().read(OTHER_TENANT, 0, 10)).hasSize(2);
  }

  /** Deletes a tenant as the platform does: its keys first, where the store has keys. */
  default void deleteTenant(int tenant) {
    store().deleteTenant(tenant);
  }

  @Test
  default void event_with_too_long_a_name_is_refused_and_its_batch_with_it() {
    Event tooLong = event(10).named("n".repeat(Event.NAME_BYTES_MAX + 1)).build();
    assertThatThrownBy(() -> store().append(List.of(event(10).build(), tooLong)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(store().read(TENANT, 0, 10)).isEmpty();
  }
}
