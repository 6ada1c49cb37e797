package io.sallyport.platform.command;

import static io.sallyport.platform.testing.PlatformFixture.OPERATOR;
import static io.sallyport.platform.testing.PlatformFixture.anAdministrator;
import static io.sallyport.platform.testing.PlatformFixture.anApplication;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.AccessDeniedProblem;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.testing.PlatformFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandDispatcherTest {
  private static final Optional<Duration> CONTRACT_RULE = Optional.empty();
  private static final Optional<Duration> AN_HOUR = Optional.of(Duration.ofHours(1));

  private final PlatformFixture platform = new PlatformFixture();
  private final Tenant acme = platform.aTenant("acme01");
  private final RegisteredDevice pump = platform.aDevice(acme).register();
  private final DeviceKey key = pump.device().key();
  private final long number = pump.device().number();
  private final Principal app = anApplication(acme, Permission.COMMAND_SEND);
  private final RecordingRoute route = new RecordingRoute();

  @AfterEach
  void close() {
    platform.close();
  }

  private Command send(String name, Optional<Duration> patience) {
    return sendAs(app, request(name, patience));
  }

  private CommandRequest request(String name, Optional<Duration> patience) {
    return new CommandRequest(key, name, "json", Payload.utf8("{}"), 1, patience);
  }

  private Command sendAs(Principal actor, CommandRequest request) {
    try {
      return platform.commands.submit(actor, request).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException fault) {
        throw fault;
      }
      throw e;
    }
  }

  private CommandStatus statusOf(Command command) {
    return platform.commandStore.find(acme.id(), command.id()).orElseThrow().status();
  }

  private CommandRoutes.Registration connect() {
    return platform.dispatcher.register(key, number, route);
  }

  private void assertProblem(Problem.Code code, CommandRequest request) {
    assertThatThrownBy(() -> sendAs(app, request))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.problem().code()).isEqualTo(code));
  }

  @Nested
  class Submission {
    @ParameterizedTest
    @EnumSource(value = Permission.class, mode = EnumSource.Mode.EXCLUDE, names = "COMMAND_SEND")
    void needs_command_send(Permission other) {
      assertThatThrownBy(() -> sendAs(anApplication(acme, other), request("a", AN_HOUR)))
          .isInstanceOf(AccessDeniedProblem.class);
      assertThat(platform.commandStore.countPending(number)).isZero();
    }

    @Test
    void is_refused_to_other_tenants_operators_and_devices() {
      Tenant rival = platform.aTenant("rival1");

      for (Principal actor : List.of(anAdministrator(rival), OPERATOR, platform.logIn(pump))) {
        assertThatThrownBy(() -> sendAs(actor, request("a", AN_HOUR)))
            .isInstanceOf(AccessDeniedProblem.class);
      }
    }

    @Test
    void to_an_unknown_device_is_not_found() {
      assertProblem(
          Problem.Code.NOT_FOUND,
          new CommandRequest(
              DeviceKey.of("acme01", "pump", "ghost"), "a", "json", Payload.EMPTY, 1, AN_HOUR));
    }

    @Test
    void to_a_disabled_device_is_a_conflict() {
      platform.registry.setEnabled(anAdministrator(acme), key, false);

      assertProblem(Problem.Code.CONFLICT, request("a", AN_HOUR));
    }

    @Test
    void of_more_than_128_kib_is_too_large() {
      Payload payload = Payload.owned(new byte[128 * 1024 + 1]);

      assertProblem(
          Problem.Code.TOO_LARGE, new CommandRequest(key, "a", "bin", payload, 1, AN_HOUR));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "+", "#", "a\nb"})
    void with_a_name_that_is_no_topic_level_is_invalid(String name) {
      assertProblem(Problem.Code.INVALID, request(name, AN_HOUR));
      assertProblem(
          Problem.Code.INVALID, new CommandRequest(key, "a", name, Payload.EMPTY, 1, AN_HOUR));
    }

    @Test
    void with_a_bad_qos_or_patience_is_invalid() {
      assertProblem(
          Problem.Code.INVALID, new CommandRequest(key, "a", "json", Payload.EMPTY, 3, AN_HOUR));
      assertProblem(Problem.Code.INVALID, request("a", Optional.of(Duration.ZERO)));
      assertProblem(Problem.Code.INVALID, request("a", Optional.of(Duration.ofDays(31))));
    }

    @Test
    void beyond_a_thousand_waiting_ones_reaches_the_limit() {
      for (int i = 0; i < 1_000; i++) {
        send("c" + i, AN_HOUR);
      }

      assertProblem(Problem.Code.LIMIT_REACHED, request("one more", AN_HOUR));
    }

    @Test
    void is_recorded_with_its_sender_and_without_its_payload() {
      Command command =
          sendAs(
              app, new CommandRequest(key, "reboot", "json", Payload.utf8("marker"), 1, AN_HOUR));

      assertThat(command.by()).isEqualTo(app.auditName());
      assertThat(platform.auditOf(acme).getLast().entry().action()).isEqualTo("command.submit");
      assertThat(platform.auditOf(acme).getLast().entry().details())
          .containsEntry("command", command.id())
          .containsEntry("name", "reboot");
      assertThat(platform.auditOf(acme).toString()).doesNotContain("marker");
    }

    @Test
    void is_told_to_the_feed_after_its_commit_only() {
      List<String> told = new ArrayList<>();
      CommandFeed.Subscription subscription =
          platform.commandFeed.subscribe(command -> {
            assertThat(platform.commandStore.find(acme.id(), command.id())).isPresent();
            told.add(command.name());
          });
      send("first", AN_HOUR);
      platform.transactions.failNext(Problem.Code.STORAGE_FULL);
      assertProblem(Problem.Code.STORAGE_FULL, request("failed", AN_HOUR));
      subscription.close();
      send("late", AN_HOUR);

      assertThat(told).containsExactly("first");
    }

    @Test
    void goes_on_when_a_subscriber_of_the_feed_fails() {
      platform.commandFeed.subscribe(command -> {
        throw new IllegalStateException("broken subscriber");
      });
      connect();

      send("a", CONTRACT_RULE);

      assertThat(route.open()).containsExactly("a");
    }
  }

  @Nested
  class Delivery {
    @Test
    void reaches_the_live_route_and_ends_as_delivered_when_acknowledged() {
      connect();
      Command command = send("a", CONTRACT_RULE);
      assertThat(statusOf(command)).isEqualTo(CommandStatus.PENDING);

      route.acknowledge("a");

      assertThat(statusOf(command)).isEqualTo(CommandStatus.DELIVERED);
      assertThat(platform.dispatcher.inFlightCount()).isZero();
    }

    @Test
    void hands_over_what_waited_in_order_of_submission() {
      for (String name : List.of("a", "b", "c")) {
        send(name, AN_HOUR);
      }

      connect();

      assertThat(route.open()).containsExactly("a", "b", "c");
    }

    @Test
    void keeps_at_most_twenty_in_flight() {
      for (int i = 0; i < 30; i++) {
        send("c" + i, AN_HOUR);
      }
      connect();
      assertThat(route.open()).hasSize(20);

      route.acknowledge("c0");

      assertThat(route.open()).hasSize(20).endsWith("c20");
    }

    @Test
    void never_gives_a_command_twice_while_its_outcome_is_open() {
      connect();
      send("a", AN_HOUR);
      RecordingRoute second = new RecordingRoute();

      platform.dispatcher.register(key, number, second);
      platform.dispatcher.ready(key);

      assertThat(route.open()).containsExactly("a");
      assertThat(second.open()).isEmpty();
    }

    @Test
    void prefers_the_newest_route_and_falls_back_to_others() {
      connect();
      RecordingRoute newer = new RecordingRoute().taking(command -> command.name().equals("n"));
      platform.dispatcher.register(key, number, newer);

      send("n", AN_HOUR);
      send("o", AN_HOUR);

      assertThat(newer.open()).containsExactly("n");
      assertThat(route.open()).containsExactly("o");
    }

    @Test
    void waits_again_when_dropped_and_goes_to_the_next_connection() {
      CommandRoutes.Registration registration = connect();
      Command command = send("a", AN_HOUR);
      registration.close();
      route.drop("a");
      assertThat(statusOf(command)).isEqualTo(CommandStatus.PENDING);

      connect();

      assertThat(route.open()).containsExactly("a");
    }

    @Test
    void does_not_spin_on_a_live_route_that_drops() {
      connect();
      send("a", AN_HOUR);
      send("b", AN_HOUR);

      route.drop("a");
      assertThat(route.open()).containsExactly("b");

      platform.dispatcher.ready(key);
      assertThat(route.open()).containsExactly("b", "a");
    }

    @Test
    void passes_over_what_no_route_takes_until_it_is_ready_for_it() {
      Set<String> subscribed = new HashSet<>(Set.of("b"));
      route.taking(command -> subscribed.contains(command.name()));
      connect();
      send("a", AN_HOUR);
      send("b", AN_HOUR);
      assertThat(route.open()).containsExactly("b");

      subscribed.add("a");
      platform.dispatcher.ready(key);

      assertThat(route.open()).containsExactly("b", "a");
    }

    @Test
    void looks_behind_many_that_no_route_takes() {
      route.taking(command -> command.name().equals("wanted"));
      for (int i = 0; i < 500; i++) {
        send("unwanted" + i, AN_HOUR);
      }
      send("wanted", AN_HOUR);

      connect();

      assertThat(route.open()).containsExactly("wanted");
    }

    @Test
    void of_another_devices_commands_never_happens() {
      RegisteredDevice other = platform.aDevice(acme).withId("p2").register();
      RecordingRoute otherRoute = new RecordingRoute();
      platform.dispatcher.register(other.device().key(), other.device().number(), otherRoute);

      send("a", AN_HOUR);

      assertThat(otherRoute.open()).isEmpty();
    }

    @Test
    void that_could_not_be_stored_is_stored_by_the_next_sweep_and_not_repeated() {
      connect();
      Command command = send("a", AN_HOUR);
      platform.transactions.failNext(Problem.Code.STORAGE_FAILED);
      route.acknowledge("a");
      platform.dispatcher.ready(key);
      assertThat(statusOf(command)).isEqualTo(CommandStatus.PENDING);
      assertThat(route.open()).isEmpty();

      platform.dispatcher.sweep();

      assertThat(statusOf(command)).isEqualTo(CommandStatus.DELIVERED);
      assertThat(route.open()).isEmpty();
    }
  }

  @Nested
  class Patience {
    @Test
    void none_ends_at_once_without_route_or_persistent_session() {
      Command command = send("a", CONTRACT_RULE);

      assertThat(command.status()).isEqualTo(CommandStatus.UNDELIVERABLE);
      connect();
      assertThat(route.open()).isEmpty();
    }

    @Test
    void none_waits_48_hours_for_a_device_with_a_persistent_session() {
      platform.dispatcher.setWaits(key, true);

      Command command = send("a", CONTRACT_RULE);

      assertThat(command.status()).isEqualTo(CommandStatus.PENDING);
      assertThat(command.expires()).isEqualTo(platform.clock.instant().plus(Duration.ofDays(2)));
      connect();
      assertThat(route.open()).containsExactly("a");
    }

    @Test
    void none_ends_when_no_route_takes_it() {
      route.taking(command -> false);
      connect();

      Command command = send("a", CONTRACT_RULE);

      assertThat(statusOf(command)).isEqualTo(CommandStatus.UNDELIVERABLE);
    }

    @Test
    void none_ends_when_the_only_route_dropped_it() {
      CommandRoutes.Registration registration = connect();
      Command command = send("a", CONTRACT_RULE);
      registration.close();
      assertThat(statusOf(command)).isEqualTo(CommandStatus.PENDING);

      route.drop("a");

      assertThat(statusOf(command)).isEqualTo(CommandStatus.UNDELIVERABLE);
    }

    @Test
    void none_ends_when_the_persistent_session_ends() {
      platform.dispatcher.setWaits(key, true);
      Command command = send("a", CONTRACT_RULE);

      platform.dispatcher.setWaits(key, false);

      assertThat(statusOf(command)).isEqualTo(CommandStatus.UNDELIVERABLE);
    }

    @Test
    void of_its_own_lets_a_command_wait_for_whoever_is_away() {
      Command command = send("a", AN_HOUR);

      assertThat(command.status()).isEqualTo(CommandStatus.PENDING);
      assertThat(command.expires()).isEqualTo(platform.clock.instant().plus(Duration.ofHours(1)));
    }

    @Test
    void ends_with_its_time() {
      Command command = send("a", AN_HOUR);
      platform.clock.advance(Duration.ofHours(1));

      connect();
      assertThat(route.open()).isEmpty();
      platform.dispatcher.sweep();

      assertThat(statusOf(command)).isEqualTo(CommandStatus.EXPIRED);
    }

    @Test
    void that_ran_out_leaves_nothing_behind_in_memory() {
      platform.dispatcher.setWaits(key, true);
      send("a", CONTRACT_RULE);
      platform.clock.advance(Duration.ofDays(3));

      platform.dispatcher.sweep();
      platform.dispatcher.sweep();

      assertThat(platform.dispatcher.laneCount()).isZero();
    }
  }

  @Test
  void history_is_deleted_after_thirty_days() {
    Command command = send("a", CONTRACT_RULE);
    platform.clock.advance(Duration.ofDays(30).plusSeconds(1));

    platform.dispatcher.sweep();

    assertThat(platform.commandStore.find(acme.id(), command.id())).isEmpty();
  }

  @Test
  void commands_of_a_disabled_device_are_withdrawn() {
    Command command = send("a", AN_HOUR);
    platform.registry.setEnabled(anAdministrator(acme), key, false);
    platform.registry.setEnabled(anAdministrator(acme), key, true);

    connect();

    assertThat(route.open()).isEmpty();
    assertThat(statusOf(command)).isEqualTo(CommandStatus.UNDELIVERABLE);
  }

  @Test
  void commands_of_a_deleted_device_do_not_reach_one_registered_anew_under_its_name() {
    platform.dispatcher.setWaits(key, true);
    send("a", AN_HOUR);
    platform.registry.delete(anAdministrator(acme), key);
    RegisteredDevice again = platform.aDevice(acme).register();

    platform.dispatcher.register(key, again.device().number(), route);

    assertThat(route.open()).isEmpty();
    assertThat(platform.commandStore.countPending(number)).isZero();
  }

  @Test
  void commands_wait_on_when_the_token_was_replaced() {
    send("a", AN_HOUR);
    platform.registry.replaceToken(anAdministrator(acme), key, Optional.empty());

    connect();

    assertThat(route.open()).containsExactly("a");
  }

  @Test
  void reading_commands_needs_command_read() {
    Command command = send("a", AN_HOUR);
    Principal reader = anApplication(acme, Permission.COMMAND_READ);

    assertThat(platform.commands.get(reader, acme.id(), command.id())).isEqualTo(command);
    assertThat(platform.commands.list(reader, key, PageRequest.first(10)).items())
        .containsExactly(command);
    assertThat(platform.commands.get(platform.logIn(pump), acme.id(), command.id()))
        .isEqualTo(command);
    assertThatThrownBy(() -> platform.commands.get(app, acme.id(), command.id()))
        .isInstanceOf(AccessDeniedProblem.class);
    assertThatThrownBy(() -> platform.commands.list(app, key, PageRequest.first(10)))
        .isInstanceOf(AccessDeniedProblem.class);
  }

  @Test
  void command_of_another_tenant_is_refused_as_an_unknown_one_is() {
    Command command = send("a", AN_HOUR);
    Tenant rival = platform.aTenant("rival1");
    Principal stranger = anAdministrator(rival);

    for (String id : List.of(command.id(), "no-such-command-000000")) {
      assertThatThrownBy(() -> platform.commands.get(stranger, acme.id(), id))
          .isInstanceOf(AccessDeniedProblem.class);
      assertThatThrownBy(() -> platform.commands.get(stranger, rival.id(), id))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("NOT_FOUND");
    }
  }

  @Test
  void under_concurrent_traffic_each_command_is_delivered_once_and_in_order() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        PlatformFixture busy = new PlatformFixture(threads)) {
      Tenant tenant = busy.aTenant("acme01");
      RegisteredDevice device = busy.aDevice(tenant).register();
      List<Long> delivered = Collections.synchronizedList(new ArrayList<>());
      CommandRoute slow =
          (command, outcome) -> {
            delivered.add(command.number());
            threads.execute(outcome::delivered);
            return true;
          };
      busy.dispatcher.register(device.device().key(), device.device().number(), slow);
      List<CompletableFuture<Command>> sent = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        sent.add(
            busy.commands.submit(
                anApplication(tenant, Permission.COMMAND_SEND),
                new CommandRequest(
                    device.device().key(),
                    "c" + i,
                    "json",
                    Payload.EMPTY,
                    1,
                    random.nextBoolean() ? AN_HOUR : CONTRACT_RULE)));
        if (random.nextInt(10) == 0) {
          busy.dispatcher.ready(device.device().key());
        }
      }
      sent.forEach(CompletableFuture::join);

      await()
          .untilAsserted(
              () -> assertThat(busy.commandStore.countPending(device.device().number())).isZero());
      assertThat(delivered).as("seed %d", seed).hasSize(300).isSorted().doesNotHaveDuplicates();
    }
  }
}
