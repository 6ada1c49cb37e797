package io.sallyport.platform.command;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.Principal;
import java.util.concurrent.CompletableFuture;

/** Takes, authorizes, stores and dispatches commands; follows their life. */
public interface CommandService {
  /**
   * Authorizes ({@code command:send} on the device), validates and stores the command; the future
   * completes when it is durable, with {@link io.sallyport.platform.base.ProblemException} ({@code
   * NOT_FOUND}, {@code INVALID}, {@code TOO_LARGE}) or {@link
   * io.sallyport.platform.identity.AccessDeniedProblem} otherwise. Dispatch follows by itself. Does
   * not block: safe on an event loop.
   */
  CompletableFuture<Command> submit(Principal actor, CommandRequest request);

  Command get(Principal actor, TenantId tenant, String id);

  Page<Command> list(Principal actor, DeviceKey device, PageRequest page);
}
