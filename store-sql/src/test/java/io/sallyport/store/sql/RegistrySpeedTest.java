package io.sallyport.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceClass;
import io.sallyport.platform.device.DeviceInfo;
import io.sallyport.platform.device.DeviceQuery;
import io.sallyport.platform.device.DeviceStoreContract;
import io.sallyport.platform.device.DeviceType;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.testing.InMemoryNumberMarks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Prints what the registry does in a second here; asserts only that it does it rightly. */
@ExtendWith(EmbeddedServer.class)
class RegistrySpeedTest {
  private static final int DEVICES = 100_000;
  private static final int DEVICES_ALONE = 5_000;
  private static final int CALLERS = 2_000;
  private static final TenantId ACME = new TenantId("acme01");

  private final EmbeddedServer.Server server;
  @TempDir Path folder = Path.of("");

  RegistrySpeedTest(EmbeddedServer.Server server) {
    this.server = server;
  }

  @Test
  void a_hundred_thousand_devices_are_registered_and_listed_in_sqlite() {
    measure("SQLite", RegistryConfig.sqlite(folder.resolve("registry.db")));
  }

  @Test
  void a_hundred_thousand_devices_are_registered_and_listed_in_postgresql() {
    measure("PostgreSQL", server.emptyDatabase());
  }

  private static void measure(String name, RegistryConfig config) {
    try (SqlRegistry registry =
        SqlRegistry.open(
            config, new FakeTenantKeys(), InMemoryNumberMarks.fresh(), new SimpleMeterRegistry())) {
      registry.tenants().create(ACME, "Acme", TenantSettings.DEFAULT, DeviceStoreContract.NOW);
      registry
          .deviceTypes()
          .insert(
              new DeviceType(
                  ACME,
                  new TypeId("pump"),
                  DeviceClass.DEVICE,
                  "",
                  DeviceInfo.NONE,
                  Optional.empty(),
                  DeviceStoreContract.NOW,
                  DeviceStoreContract.NOW));
      insert(name, registry);
      for (DeviceQuery.Sort sort : DeviceQuery.Sort.values()) {
        walk(name, registry, new DeviceQuery(Optional.empty(), Optional.empty(), sort, false));
        walk(name, registry, new DeviceQuery(Optional.empty(), Optional.empty(), sort, true));
      }
      settings(name, registry);
      submissions(name, registry);
    }
  }

  /** Each as work of its own, with shared commits. */
  private static void insert(String name, SqlRegistry registry) {
    Stopwatch start = Stopwatch.start();
    List<CompletableFuture<Device>> waiting = new ArrayList<>();
    for (int i = 0; i < DEVICES_ALONE; i++) {
      Device device = device(i);
      waiting.add(registry.transactions().submit(() -> registry.devices().insert(device)));
      if (waiting.size() == CALLERS) {
        waiting.forEach(CompletableFuture::join);
        waiting.clear();
      }
    }
    waiting.forEach(CompletableFuture::join);
    print(name, "devices registered one by one, group-committed", DEVICES_ALONE, start);
    fill(registry);
  }

  /** The rest of the devices, made inside the database. */
  private static void fill(SqlRegistry registry) {
    registry
        .database()
        .change(
            Change.of("the fleet"),
            sql -> {
              sql.execute(
                  "INSERT INTO objects (tenant_id, kind) WITH RECURSIVE n (i) AS (SELECT 1 UNION"
                      + " ALL SELECT i + 1 FROM n WHERE i < ?) SELECT 'acme01', 'device' FROM n",
                  DEVICES - DEVICES_ALONE);
              return sql.execute(
                  "INSERT INTO devices (number, tenant_id, type_id, device_id, class, enabled,"
                      + " alert_enabled, registered_by, registered, updated, version) SELECT"
                      + " number, tenant_id, 'pump', 'fleet-' || substr(CAST(1000000 + (number *"
                      + " 7919) % 1000000 AS TEXT), 2), 'DEVICE', TRUE, FALSE, 'test',"
                      + " number % 1000, 0, 1 FROM objects WHERE number > ?",
                  DEVICES_ALONE);
            });
  }

  private static Device device(int i) {
    return DeviceStoreContract.aDevice(
        DeviceKey.of("acme01", "pump", "device-%06d".formatted(i * 7919L % DEVICES)));
  }

  private static void walk(String name, SqlRegistry registry, DeviceQuery query) {
    Stopwatch start = Stopwatch.start();
    long slowest = 0;
    int seen = 0;
    PageRequest request = PageRequest.first(PageRequest.LIMIT_MAX);
    Optional<String> next = Optional.of("");
    while (next.isPresent()) {
      long before = System.nanoTime();
      Page<Device> page = registry.devices().list(ACME, query, request);
      slowest = Math.max(slowest, System.nanoTime() - before);
      seen += page.items().size();
      next = page.next();
      request = next.map(PageRequest.first(PageRequest.LIMIT_MAX)::next).orElse(request);
    }
    print(
        name,
        "devices listed by 1000, %s %s, slowest page %.1f ms"
            .formatted(query.sort(), query.descending() ? "down" : "up", slowest / 1e6),
        seen,
        start);
    assertThat(seen).isEqualTo(DEVICES);
  }

  private static void settings(String name, SqlRegistry registry) {
    Stopwatch start = Stopwatch.start();
    int commits = 200;
    for (int i = 0; i < commits; i++) {
      registry.settings().put("k", Integer.toString(i));
    }
    print(name, "single commits of one caller", commits, start);
    assertThat(registry.settings().find("k")).contains(Integer.toString(commits - 1));
  }

  private static void submissions(String name, SqlRegistry registry) {
    int works = 20_000;
    Stopwatch start = Stopwatch.start();
    List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
    for (int i = 0; i < works; i++) {
      String value = Integer.toString(i);
      waiting.add(
          registry
              .transactions()
              .submit(() -> {
                registry.settings().put("k", value);
                return true;
              }));
      if (waiting.size() == CALLERS) {
        waiting.forEach(CompletableFuture::join);
        waiting.clear();
      }
    }
    waiting.forEach(CompletableFuture::join);
    print(name, "small changes, group-committed", works, start);
    assertThat(registry.settings().find("k")).contains(Integer.toString(works - 1));
  }

  private static void print(String name, String what, int count, Stopwatch watch) {
    double seconds = (System.nanoTime() - watch.nanos()) / 1e9;
    double cpu = (Stopwatch.start().cpuNanos() - watch.cpuNanos()) / 1e3;
    System.out.printf(
        "MEASURED %s: %d %s: %.2f s, %.0f/s, %.0f us of this process's CPU each%n",
        name, count, what, seconds, count / seconds, cpu / count);
  }

  /** When something began, and how much this process had computed by then. */
  private record Stopwatch(long nanos, long cpuNanos) {
    static Stopwatch start() {
      return new Stopwatch(
          System.nanoTime(),
          ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos());
    }
  }
}
