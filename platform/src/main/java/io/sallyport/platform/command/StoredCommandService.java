package io.sallyport.platform.command;

import io.sallyport.platform.audit.AuditEntry;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.identity.AccessDeniedProblem;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** The command service over the store: stored first, then told to the feed and dispatched. */
public final class StoredCommandService implements CommandService {
  private static final int NAME_BYTES_MAX = 512;

  private final CommandStore store;
  private final DeviceStore devices;
  private final Transactions transactions;
  private final AccessPolicy policy;
  private final AuditLog audit;
  private final CommandDispatcher dispatcher;
  private final InProcessCommandFeed feed;
  private final CommandLimits limits;
  private final Clock clock;
  private final RandomGenerator random;

  public StoredCommandService(
      CommandStore store,
      DeviceStore devices,
      Transactions transactions,
      AccessPolicy policy,
      AuditLog audit,
      CommandDispatcher dispatcher,
      InProcessCommandFeed feed,
      CommandLimits limits,
      Clock clock,
      RandomGenerator random) {
    this.store = store;
    this.devices = devices;
    this.transactions = transactions;
    this.policy = policy;
    this.audit = audit;
    this.dispatcher = dispatcher;
    this.feed = feed;
    this.limits = limits;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public CompletableFuture<Command> submit(Principal actor, CommandRequest request) {
    try {
      policy.require(actor, Permission.COMMAND_SEND, request.device());
      requireValid(request);
    } catch (AccessDeniedProblem | ProblemException e) {
      return CompletableFuture.failedFuture(e);
    }
    if (!(actor instanceof Principal.OfTenant sender)) {
      throw new IllegalStateException("only principals of a tenant may send commands");
    }
    return transactions
        .submit(() -> insert(sender, request))
        .thenApply(command -> {
          feed.publish(command);
          if (command.status() == CommandStatus.PENDING) {
            dispatcher.submitted(command, request.patience().isPresent());
          }
          return command;
        });
  }

  private void requireValid(CommandRequest request) {
    requireText("a command's name", request.name());
    requireText("a command's format", request.format());
    if (request.payload().size() > limits.payloadBytesMax()) {
      throw new Problem(
              Problem.Code.TOO_LARGE,
              "a command has at most " + limits.payloadBytesMax() + " bytes")
          .asException();
    }
    if (request.qos() < 0 || request.qos() > 2) {
      throw Problem.invalid("QoS is 0, 1 or 2");
    }
    request
        .patience()
        .ifPresent(patience -> {
          if (patience.isNegative()
              || patience.isZero()
              || patience.compareTo(limits.patienceMax()) > 0) {
            throw Problem.invalid(
                "a command waits for more than nothing and at most " + limits.patienceMax());
          }
        });
  }

  /** Names become levels of topics, so they hold nothing that has a meaning there. */
  private static void requireText(String what, String text) {
    boolean good =
        !text.isEmpty()
            && text.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES_MAX
            && text.chars()
                .noneMatch(c -> c == '/' || c == '+' || c == '#' || Character.isISOControl(c));
    if (!good) {
      throw Problem.invalid(what + " has 1 to 512 bytes without / + # and control characters");
    }
  }

  private Command insert(Principal.OfTenant actor, CommandRequest request) {
    Device device =
        devices.find(request.device()).orElseThrow(() -> Problem.notFound("the device"));
    if (!device.enabled()) {
      throw new Problem(Problem.Code.CONFLICT, "the device is disabled").asException();
    }
    boolean waits = request.patience().isPresent() || dispatcher.mayWait(request.device());
    if (waits && store.countPending(device.number()) >= limits.waitingMax()) {
      throw new Problem(
              Problem.Code.LIMIT_REACHED,
              "at most " + limits.waitingMax() + " commands wait for a device")
          .asException();
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Duration patience = request.patience().orElse(limits.patience());
    Command command =
        store.insert(
            new Command(
                newId(),
                0,
                request.device(),
                actor.tenantNumber(),
                device.number(),
                request.name(),
                request.format(),
                request.payload(),
                request.qos(),
                waits ? CommandStatus.PENDING : CommandStatus.UNDELIVERABLE,
                actor.auditName(),
                now,
                now.plus(patience),
                now,
                waits ? Optional.empty() : Optional.of("the device was not there")));
    audit.record(
        AuditEntry.done(
            request.device().tenant(),
            actor.auditName(),
            "command.submit",
            request.device().type() + "/" + request.device().id(),
            Map.of("command", command.id(), "name", request.name())));
    return command;
  }

  private String newId() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public Command get(Principal actor, TenantId tenant, String id) {
    Optional<Command> found = store.find(tenant, id);
    if (found.isPresent()) {
      policy.require(actor, Permission.COMMAND_READ, found.get().device());
      return found.get();
    }
    policy.require(actor, Permission.COMMAND_READ, tenant);
    throw Problem.notFound("the command");
  }

  @Override
  public Page<Command> list(Principal actor, DeviceKey device, PageRequest page) {
    policy.require(actor, Permission.COMMAND_READ, device);
    return store.list(device, page);
  }
}
