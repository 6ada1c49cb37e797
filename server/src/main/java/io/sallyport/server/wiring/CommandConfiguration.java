package io.sallyport.server.wiring;

import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.command.CommandDispatcher;
import io.sallyport.platform.command.CommandLimits;
import io.sallyport.platform.command.CommandService;
import io.sallyport.platform.command.CommandStore;
import io.sallyport.platform.command.InProcessCommandFeed;
import io.sallyport.platform.command.StoredCommandService;
import io.sallyport.platform.device.DeviceRevocations;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.server.config.ServerConfig;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledFuture;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Commands and their way to devices. */
@Configuration(proxyBeanMethods = false)
class CommandConfiguration {
  @Bean
  CommandLimits commandLimits(ServerConfig config) {
    CommandLimits limits = CommandLimits.DEFAULT;
    return new CommandLimits(
        limits.payloadBytesMax(),
        limits.inFlightMax(),
        limits.waitingMax(),
        config.limits().commandWait(),
        limits.patienceMax(),
        limits.historyAge());
  }

  @Bean
  CommandDispatcher commandDispatcher(
      CommandStore store,
      Transactions transactions,
      CommandLimits limits,
      Clock clock,
      ExecutorService blockingWork,
      DeviceRevocations revocations) {
    CommandDispatcher dispatcher =
        new CommandDispatcher(store, transactions, limits, clock, blockingWork);
    revocations.add(dispatcher);
    return dispatcher;
  }

  @Bean
  ScheduledFuture<?> commandSweep(CommandDispatcher dispatcher, Rounds rounds) {
    return rounds.every(Duration.ofMinutes(1), "the sweep of commands", dispatcher::sweep);
  }

  @Bean
  InProcessCommandFeed commandFeed() {
    return new InProcessCommandFeed();
  }

  @Bean
  CommandService commandService(
      CommandStore store,
      DeviceStore devices,
      Transactions transactions,
      AccessPolicy policy,
      AuditLog audit,
      CommandDispatcher dispatcher,
      InProcessCommandFeed feed,
      CommandLimits limits,
      Clock clock,
      SecureRandom random) {
    return new StoredCommandService(
        store, devices, transactions, policy, audit, dispatcher, feed, limits, clock, random);
  }
}
