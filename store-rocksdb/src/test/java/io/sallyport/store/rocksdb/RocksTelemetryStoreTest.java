package io.sallyport.store.rocksdb;

import static io.sallyport.platform.telemetry.TestEvents.anEvent;
import static io.sallyport.platform.telemetry.TestEvents.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.EventQuery;
import io.sallyport.platform.telemetry.StoredEvent;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.platform.telemetry.TelemetryStoreContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

class RocksTelemetryStoreTest implements TelemetryStoreContract {
  @TempDir Path folder;
  private StoreFixture open;

  @BeforeEach
  void openStore() {
    open = new StoreFixture(folder);
  }

  @AfterEach
  void closeStore() {
    open.close();
  }

  @Override
  public TelemetryStore store() {
    return open.store;
  }

  @Override
  public void deleteTenant(int tenant) {
    open.keys.shred(tenant);
    open.store.deleteTenant(tenant);
  }

  private void reopen() {
    open.close();
    open = new StoreFixture(folder);
  }

  private static Event event(long timeMillis) {
    return anEvent().inTenant(TENANT).ofDevice(DEVICE).at(timeMillis).build();
  }

  private Page<StoredEvent> history(PageRequest page) {
    return store().history(key(TENANT, DEVICE), DEVICE, TENANT, EventQuery.ALL, page);
  }

  private static void assertProblem(ThrowingCallable call, Problem.Code code, String text) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProblemException.class,
            refused -> {
              assertThat(refused.problem().code()).isEqualTo(code);
              assertThat(refused.problem().text()).contains(text);
            });
  }

  /** Does something to the closed database, below the store. */
  private void inDatabase(DatabaseUse use) throws RocksDBException, IOException {
    open.close();
    try (RocksOptions options = new RocksOptions(StoreFixture.CONFIG);
        LogDatabase database =
            LogDatabase.open(folder.resolve("log"), StoreFixture.CONFIG, options)) {
      use.in(database);
    }
  }

  private interface DatabaseUse {
    void in(LogDatabase database) throws RocksDBException;
  }

  private List<String> windows() throws RocksDBException, IOException {
    List<String> names = new ArrayList<>();
    inDatabase(database -> {
      for (IndexWindow window : database.windows().values()) {
        names.add(new String(window.handle().getName(), StandardCharsets.US_ASCII));
      }
    });
    open = new StoreFixture(folder);
    return names;
  }

  @Test
  void everything_is_there_again_after_a_restart() {
    long[] positions = store().append(List.of(event(10), event(2_500), event(2_600)));
    store().commitCursor(TENANT, "webhook-1", 2);
    long bytes = store().bytes(TENANT);
    store().retain(TENANT, 20, Long.MAX_VALUE);
    reopen();
    assertThat(history(PageRequest.first(10)).items())
        .extracting(StoredEvent::position)
        .containsExactly(positions[2], positions[1]);
    assertThat(store().bytes(TENANT)).isEqualTo(bytes);
    assertThat(store().endPosition(TENANT)).isEqualTo(3);
    assertThat(store().cursor(TENANT, "webhook-1")).contains(2L);
    assertThat(store().lastEvents(key(TENANT, DEVICE), DEVICE, TENANT, 0, Long.MAX_VALUE))
        .hasSize(1);
    assertThat(store().append(List.of(event(3_000)))).containsExactly(3L);
  }

  @Test
  void positions_go_on_rising_when_all_events_were_deleted_before_a_restart() {
    store().append(List.of(event(10), event(20)));
    store().retain(TENANT, 0, 1);
    assertThat(store().read(TENANT, 0, 10)).isEmpty();
    assertThat(store().bytes(TENANT)).isZero();
    reopen();
    assertThat(store().endPosition(TENANT)).isEqualTo(2);
    assertThat(store().append(List.of(event(30)))).containsExactly(2L);
  }

  @Test
  void deleted_tenant_stays_deleted_after_a_restart() {
    store().append(List.of(event(10)));
    deleteTenant(TENANT);
    reopen();
    assertThat(store().append(List.of(event(20)))).containsExactly(TelemetryStore.NOT_STORED);
    assertThat(store().read(TENANT, 0, 10)).isEmpty();
  }

  @Test
  void events_of_a_tenant_without_keys_are_left_out_of_the_batch() {
    store().append(List.of(event(10)));
    open.keys.shred(TENANT);
    Event other = anEvent().inTenant(OTHER_TENANT).at(30).build();
    assertThat(store().append(List.of(event(20), other, event(40))))
        .containsExactly(TelemetryStore.NOT_STORED, 0, TelemetryStore.NOT_STORED);
    assertThat(store().read(OTHER_TENANT, 0, 10)).hasSize(1);
    assertProblem(() -> store().read(TENANT, 0, 10), Problem.Code.NOT_FOUND, "no key");
  }

  @Test
  void history_goes_over_windows_and_pages_meet_there() {
    // The index's windows are a second long here; times are not in the order of positions.
    store().append(IntStream.range(0, 60).mapToObj(i -> event(i * 7 % 60 * 250L)).toList());
    List<Long> times = new ArrayList<>();
    Optional<String> next = Optional.empty();
    do {
      Page<StoredEvent> page = history(new PageRequest(7, next));
      page.items().forEach(stored -> times.add(stored.event().timeMillis()));
      next = page.next();
    } while (next.isPresent());
    assertThat(times.reversed()).hasSize(60).isSorted();
    EventQuery query = new EventQuery(1_250, 3_001, Optional.empty(), false);
    assertThat(
            store()
                .history(key(TENANT, DEVICE), DEVICE, TENANT, query, PageRequest.first(50))
                .items())
        .extracting(stored -> stored.event().timeMillis())
        .containsExactly(3_000L, 2_750L, 2_500L, 2_250L, 2_000L, 1_750L, 1_500L, 1_250L);
  }

  @Test
  void index_windows_go_when_the_last_tenant_has_no_use_for_them() throws Exception {
    Event other = anEvent().inTenant(OTHER_TENANT).ofDevice(9).at(500).build();
    store().append(List.of(event(500), event(1_500), event(2_500), other));
    assertThat(windows()).containsExactly("index-0-1000", "index-1000-2000", "index-2000-3000");
    store().retain(TENANT, 2_000, Long.MAX_VALUE);
    assertThat(windows()).hasSize(3);
    store().retain(OTHER_TENANT, 1_200, Long.MAX_VALUE);
    assertThat(windows()).containsExactly("index-1000-2000", "index-2000-3000");
    store().retain(OTHER_TENANT, 2_400, Long.MAX_VALUE);
    assertThat(windows()).containsExactly("index-2000-3000");
    assertThat(history(PageRequest.first(10)).items()).hasSize(1);
  }

  @Test
  void page_looks_at_a_bounded_number_of_rows() {
    store().append(IntStream.range(0, 3_000).mapToObj(i -> event(i % 500)).toList());
    EventQuery nothing = new EventQuery(0, Long.MAX_VALUE, Optional.of("none"), false);
    Page<StoredEvent> device =
        store().history(key(TENANT, DEVICE), DEVICE, TENANT, nothing, PageRequest.first(10));
    assertThat(device.items()).isEmpty();
    assertThat(device.next()).isPresent();
    Page<StoredEvent> tenant = store().tenantHistory(TENANT, nothing, PageRequest.first(10));
    assertThat(tenant.items()).isEmpty();
    assertThat(tenant.next()).isPresent();
  }

  @Test
  void names_with_equal_hashes_are_told_apart() {
    store()
        .append(
            List.of(
                anEvent().ofDevice(DEVICE).named("Aa").at(1).build(),
                anEvent().ofDevice(DEVICE).named("BB").at(2).build()));
    EventQuery query = new EventQuery(0, 10, Optional.of("Aa"), false);
    assertThat(
            store()
                .history(key(TENANT, DEVICE), DEVICE, TENANT, query, PageRequest.first(5))
                .items())
        .extracting(stored -> stored.event().name())
        .containsExactly("Aa");
  }

  @Test
  void payloads_are_not_in_any_file() throws IOException {
    byte[] marker = "marker-of-a-secret-payload".getBytes(StandardCharsets.US_ASCII);
    store()
        .append(
            IntStream.range(0, 50)
                .mapToObj(i -> anEvent().at(i).payload(marker).named("readable-name").build())
                .toList());
    store().checkpoint(folder.resolve("copy"));
    reopen();
    boolean nameSeen = false;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(content).as(file.toString()).doesNotContain("marker-of-a-secret");
        nameSeen |= content.contains("readable-name");
      }
    }
    assertThat(nameSeen).isTrue();
  }

  @Test
  void checkpoint_opens_as_a_store_of_its_own() throws IOException {
    store().append(List.of(event(10)));
    Path copy = Files.createDirectory(folder.resolve("copy"));
    store().checkpoint(copy.resolve("log"));
    store().append(List.of(event(20)));
    open.close();
    Files.move(folder.resolve("keys"), copy.resolve("keys"));
    try (StoreFixture copied = new StoreFixture(copy)) {
      assertThat(copied.store.read(TENANT, 0, 10)).hasSize(1);
      assertThat(copied.store.append(List.of(event(30)))).containsExactly(1L);
    }
    Files.move(copy.resolve("keys"), folder.resolve("keys"));
    open = new StoreFixture(folder);
  }

  @Test
  void checkpoint_over_an_existing_folder_is_refused() {
    assertProblem(() -> store().checkpoint(folder), Problem.Code.STORAGE_FAILED, "xist");
  }

  @Test
  void records_that_were_exchanged_are_noticed() throws Exception {
    store()
        .append(
            List.of(
                anEvent().ofDevice(DEVICE).at(5).payload("one").build(),
                anEvent().ofDevice(DEVICE).at(5).payload("two").build(),
                anEvent().ofDevice(DEVICE).at(5).payload("six").build()));
    inDatabase(database -> {
      byte[] first = database.db().get(database.log(), Keys.log(TENANT, 0));
      byte[] second = database.db().get(database.log(), Keys.log(TENANT, 1));
      // The attacker also repairs the position that each row states.
      byte[] forged = second.clone();
      System.arraycopy(first, 1, forged, 1, 8);
      database.db().put(database.log(), Keys.log(TENANT, 0), forged);
      forged = first.clone();
      System.arraycopy(second, 1, forged, 1, 8);
      database.db().put(database.log(), Keys.log(TENANT, 1), forged);
    });
    open = new StoreFixture(folder);
    assertProblem(
        () -> store().read(TENANT, 0, 10), Problem.Code.CORRUPT, "order in which they were sealed");
    assertProblem(() -> history(PageRequest.first(10)), Problem.Code.CORRUPT, "order in which");
    assertProblem(
        () -> store().tenantHistory(TENANT, EventQuery.ALL, PageRequest.first(10)),
        Problem.Code.CORRUPT,
        "order in which");
  }

  @Test
  void record_copied_to_another_position_is_noticed() throws Exception {
    store().append(List.of(event(5), event(5)));
    inDatabase(database ->
        database
            .db()
            .put(
                database.log(),
                Keys.log(TENANT, 1),
                database.db().get(database.log(), Keys.log(TENANT, 0))));
    open = new StoreFixture(folder);
    assertProblem(() -> store().read(TENANT, 0, 10), Problem.Code.CORRUPT, "belongs elsewhere");
  }

  @Test
  void damaged_table_file_is_named() throws Exception {
    store().append(IntStream.range(0, 2_000).mapToObj(RocksTelemetryStoreTest::event).toList());
    inDatabase(LogDatabase::flush);
    Path damaged = null;
    try (Stream<Path> files = Files.list(folder.resolve("log"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".sst")).toList()) {
        byte[] content = Files.readAllBytes(file);
        if (damaged == null && content.length > 50_000) {
          content[content.length / 3] ^= 1;
          content[content.length / 3 + 1_000] ^= 1;
          Files.write(file, content);
          damaged = file;
        }
      }
    }
    assertThat(damaged).isNotNull();
    open = new StoreFixture(folder);
    assertProblem(
        () -> {
          store().read(TENANT, 0, 5_000);
          for (long from = 0; from < 2_000; from += 100) {
            store()
                .history(
                    key(TENANT, DEVICE),
                    DEVICE,
                    TENANT,
                    new EventQuery(from, from + 100, Optional.empty(), false),
                    PageRequest.first(1_000));
          }
        },
        Problem.Code.CORRUPT,
        String.valueOf(damaged == null ? null : damaged.getFileName()));
  }

  @Test
  void damage_within_the_write_ahead_log_stops_the_start() throws Exception {
    for (int i = 0; i < 20; i++) {
      store().append(List.of(event(i)));
    }
    open.close();
    try (Stream<Path> files = Files.list(folder.resolve("log"))) {
      Path wal = files.filter(each -> each.toString().endsWith(".log")).findFirst().orElseThrow();
      byte[] content = Files.readAllBytes(wal);
      content[content.length / 2] ^= 1;
      Files.write(wal, content);
      assertProblem(() -> new StoreFixture(folder).close(), Problem.Code.CORRUPT, "is damaged");
      content[content.length / 2] ^= 1;
      Files.write(wal, content);
    }
    open = new StoreFixture(folder);
    assertThat(store().read(TENANT, 0, 100)).hasSize(20);
  }

  @Test
  void folder_of_a_newer_program_is_refused() throws Exception {
    inDatabase(database ->
        database
            .db()
            .put(database.meta(), Keys.VERSION, new byte[] {LogDatabase.STORE_VERSION + 1}));
    assertProblem(
        () -> new StoreFixture(folder).close(), Problem.Code.STORAGE_FAILED, "newer program");
  }

  @Test
  void second_store_over_the_folder_is_refused() {
    assertProblem(
        () ->
            new RocksTelemetryStore(
                    folder.resolve("log"), StoreFixture.CONFIG, open.keys, _ -> false)
                .close(),
        Problem.Code.STORAGE_FAILED,
        "in use by another process");
  }

  @Test
  void append_is_refused_while_too_little_space_is_left_and_goes_on_after() {
    open.close();
    RocksStoreConfig greedy =
        new RocksStoreConfig(
            8 << 20, 8 << 20, 32 << 20, Long.MAX_VALUE, Duration.ofSeconds(1), 64, 2);
    open = new StoreFixture(folder, greedy);
    assertProblem(
        () -> store().append(List.of(event(10))), Problem.Code.STORAGE_FULL, "are kept free");
    assertThat(store().read(TENANT, 0, 10)).isEmpty();
    reopen();
    assertThat(store().append(List.of(event(10)))).containsExactly(0L);
  }

  @Test
  void segments_are_kept_by_size_and_time() {
    byte[] payload = new byte[64 << 10];
    for (int batch = 0; batch < 5; batch++) {
      int hour = batch;
      store()
          .append(
              IntStream.range(0, 80)
                  .mapToObj(i ->
                      anEvent().at(hour * TenantLog.SEGMENT_MILLIS + i).payload(payload).build())
                  .toList());
    }
    long bytes = store().bytes(TENANT);
    assertThat(bytes).isBetween(400 * 65_536L, 400 * 66_000L);
    store().retain(TENANT, 2 * TenantLog.SEGMENT_MILLIS, Long.MAX_VALUE);
    assertThat(store().bytes(TENANT)).isEqualTo(bytes / 5 * 3);
    assertThat(store().read(TENANT, 0, 1).getFirst().position()).isEqualTo(160);
    reopen();
    assertThat(store().bytes(TENANT)).isEqualTo(bytes / 5 * 3);
    EventQuery old =
        new EventQuery(
            2 * TenantLog.SEGMENT_MILLIS,
            2 * TenantLog.SEGMENT_MILLIS + 3,
            Optional.empty(),
            false);
    assertThat(store().tenantHistory(TENANT, old, PageRequest.first(10)).items()).hasSize(3);
  }
}
