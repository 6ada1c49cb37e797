package io.sallyport.server.wiring;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Time, randomness and threads, handed to everything else. */
@Configuration(proxyBeanMethods = false)
class FoundationConfiguration {
  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  HeapShares heapShares() {
    return HeapShares.ofThisProcess();
  }

  @Bean
  SecureRandom secureRandom() {
    return new SecureRandom();
  }

  /** Platform threads for what computes or writes; callers name them. */
  @Bean
  ThreadFactory platformThreads() {
    return Thread.ofPlatform().daemon(true).name("sallyport-", 1).factory();
  }

  /** For work that waits: logins, look-ups, webhooks. */
  @Bean(destroyMethod = "shutdownNow")
  ExecutorService blockingWork() {
    return Executors.newVirtualThreadPerTaskExecutor();
  }

  @Bean
  Rounds rounds(ScheduledExecutorService timer, ExecutorService blockingWork) {
    return new Rounds(timer, blockingWork);
  }

  /** For the few things that happen by the clock; tasks return at once or hand on. */
  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService timer() {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon(true).name("timer").factory());
  }
}
