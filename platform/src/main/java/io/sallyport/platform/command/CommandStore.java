package io.sallyport.platform.command;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The registry's commands; payloads are stored encrypted. */
public interface CommandStore {
  /** Stores a new command; {@code command.number()} is ignored and given by the store. */
  Command insert(Command command);

  Optional<Command> find(TenantId tenant, String id);

  /** The device's commands that wait, oldest first, not expired at {@code now}. */
  List<Command> pending(long deviceNumber, Instant now, int limit);

  /** How many of the device's commands wait. */
  long countPending(long deviceNumber);

  /** A device's commands, newest first. */
  Page<Command> list(DeviceKey device, PageRequest page);

  /** Changes the status of a command that is in one of {@code from}; whether it did. */
  boolean advance(
      TenantId tenant,
      String id,
      List<CommandStatus> from,
      CommandStatus to,
      Instant now,
      Optional<String> reason);

  /** Ends waiting commands whose time is over; how many. */
  int expire(Instant now, int limit);

  /** Deletes final ones last changed before; how many. */
  int deleteFinalBefore(Instant before, int limit);

  /** Ends the device's waiting commands: it was deleted or revoked. */
  int withdrawPending(long deviceNumber, Instant now, String reason);

  /** Forgets all commands of a device that is deleted; how many (THREATS T36). */
  int deleteOf(long deviceNumber);
}
