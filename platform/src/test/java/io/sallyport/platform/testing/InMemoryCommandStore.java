package io.sallyport.platform.testing;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.command.Command;
import io.sallyport.platform.command.CommandStatus;
import io.sallyport.platform.command.CommandStore;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Commands in memory, unencrypted. */
public final class InMemoryCommandStore implements CommandStore {
  private final InMemoryTransactions transactions;
  private final InMemoryTable<Long, Command> commands;
  private long lastNumber;

  public InMemoryCommandStore(InMemoryTransactions transactions) {
    this.transactions = transactions;
    this.commands = new InMemoryTable<>(transactions, Comparator.naturalOrder());
    transactions.onTenantDeleted(
        tenant -> commands.deleteAll(row -> row.getValue().device().tenant().equals(tenant)));
  }

  @Override
  public Command insert(Command command) {
    return transactions.write(() -> {
      if (find(command.device().tenant(), command.id()).isPresent()) {
        throw new Problem(Problem.Code.ALREADY_EXISTS, "the command exists already").asException();
      }
      Command stored =
          copy(command, ++lastNumber, command.status(), command.updated(), command.reason());
      commands.insert(stored.number(), stored, "the command");
      return stored;
    });
  }

  private static Command copy(
      Command command,
      long number,
      CommandStatus status,
      Instant updated,
      Optional<String> reason) {
    return new Command(
        command.id(),
        number,
        command.device(),
        command.tenantNumber(),
        command.deviceNumber(),
        command.name(),
        command.format(),
        command.payload(),
        command.qos(),
        status,
        command.by(),
        command.created(),
        command.expires(),
        updated,
        reason);
  }

  @Override
  public Optional<Command> find(TenantId tenant, String id) {
    return commands
        .select(command -> command.device().tenant().equals(tenant) && command.id().equals(id))
        .stream()
        .findFirst();
  }

  @Override
  public List<Command> pending(long deviceNumber, Instant now, int limit) {
    return commands.select(waitsFor(deviceNumber).and(isAlive(now))).stream().limit(limit).toList();
  }

  private static Predicate<Command> waitsFor(long deviceNumber) {
    return command ->
        command.deviceNumber() == deviceNumber && command.status() == CommandStatus.PENDING;
  }

  private static Predicate<Command> isAlive(Instant now) {
    return command -> command.expires().isAfter(now);
  }

  @Override
  public long countPending(long deviceNumber) {
    return commands.count(waitsFor(deviceNumber));
  }

  @Override
  public Page<Command> list(DeviceKey device, PageRequest page) {
    return InMemoryTable.page(
        "commands " + device,
        commands.select(command -> command.device().equals(device)),
        command -> InMemoryTable.place(command.number()),
        true,
        page);
  }

  @Override
  public boolean advance(
      TenantId tenant,
      String id,
      List<CommandStatus> from,
      CommandStatus to,
      Instant now,
      Optional<String> reason) {
    return transactions.write(() -> {
      Optional<Command> found = find(tenant, id).filter(command -> from.contains(command.status()));
      found.ifPresent(command -> set(command, to, now, reason));
      return found.isPresent();
    });
  }

  private void set(Command command, CommandStatus to, Instant now, Optional<String> reason) {
    commands.set(command.number(), copy(command, command.number(), to, now, reason));
  }

  @Override
  public int expire(Instant now, int limit) {
    return end(
        command -> command.status() == CommandStatus.PENDING && !command.expires().isAfter(now),
        CommandStatus.EXPIRED,
        now,
        "nobody took it in time",
        limit);
  }

  private int end(
      Predicate<Command> which, CommandStatus to, Instant now, String reason, int limit) {
    return transactions.write(() -> {
      List<Command> found = commands.select(which).stream().limit(limit).toList();
      found.forEach(command -> set(command, to, now, Optional.of(reason)));
      return found.size();
    });
  }

  @Override
  public int deleteFinalBefore(Instant before, int limit) {
    return transactions.write(() -> {
      List<Command> found =
          commands
              .select(command ->
                  (command.status().isFinal() || command.status() == CommandStatus.DELIVERED)
                      && command.updated().isBefore(before))
              .stream()
              .limit(limit)
              .toList();
      found.forEach(command -> commands.delete(command.number()));
      return found.size();
    });
  }

  @Override
  public int deleteOf(long deviceNumber) {
    return transactions.write(() -> {
      List<Command> found = commands.select(command -> command.deviceNumber() == deviceNumber);
      found.forEach(command -> commands.delete(command.number()));
      return found.size();
    });
  }

  @Override
  public int withdrawPending(long deviceNumber, Instant now, String reason) {
    return end(waitsFor(deviceNumber), CommandStatus.UNDELIVERABLE, now, reason, Integer.MAX_VALUE);
  }
}
