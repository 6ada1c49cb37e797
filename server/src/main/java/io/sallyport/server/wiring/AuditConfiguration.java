package io.sallyport.server.wiring;

import io.sallyport.platform.audit.AuditCheckpoint;
import io.sallyport.platform.audit.AuditCheckpoints;
import io.sallyport.platform.audit.AuditLimits;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.audit.AuditStore;
import io.sallyport.platform.audit.ChainedAuditLog;
import io.sallyport.platform.audit.CheckpointFile;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.server.data.DataFolder;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The audit chains, and their signed checkpoints in the key folder. */
@Configuration(proxyBeanMethods = false)
class AuditConfiguration {
  @Bean(destroyMethod = "close")
  ChainedAuditLog auditLog(
      AuditStore store,
      Transactions transactions,
      TenantStore tenants,
      Clock clock,
      SecureRandom random,
      ThreadFactory threads) {
    return new ChainedAuditLog(
        store, transactions, tenants, clock, random, AuditLimits.DEFAULT, threads);
  }

  @Bean
  AuditCheckpoints auditCheckpoints(
      AuditStore store, Transactions transactions, AuditLog log, TenantKeys keys, Clock clock) {
    return new AuditCheckpoints(store, transactions, log, keys, clock);
  }

  @Bean
  CheckpointFile checkpointFile(DataFolder data) {
    return new CheckpointFile(data.keys().resolve("audit-checkpoints"));
  }

  @Bean(destroyMethod = "close")
  CheckpointJob checkpointJob(
      AuditCheckpoints checkpoints,
      CheckpointFile file,
      ScheduledExecutorService timer,
      ExecutorService blockingWork) {
    CheckpointJob job = new CheckpointJob(checkpoints, file);
    timer.scheduleWithFixedDelay(() -> blockingWork.execute(job), 1, 1, TimeUnit.MINUTES);
    return job;
  }

  /** One checkpoint a minute where anything was recorded, and one at the end. */
  static final class CheckpointJob implements Runnable, AutoCloseable {
    private static final org.slf4j.Logger LOG =
        org.slf4j.LoggerFactory.getLogger(CheckpointJob.class);

    private final AuditCheckpoints checkpoints;
    private final CheckpointFile file;

    CheckpointJob(AuditCheckpoints checkpoints, CheckpointFile file) {
      this.checkpoints = checkpoints;
      this.file = file;
    }

    @Override
    public synchronized void run() {
      try {
        java.util.Optional<AuditCheckpoint> last = file.last();
        AuditCheckpoint next = checkpoints.make(last);
        if (last.isEmpty() || !last.get().heads().equals(next.heads())) {
          file.append(next);
        }
      } catch (RuntimeException e) {
        LOG.error("the audit checkpoint can't be written", e);
      }
    }

    @Override
    public void close() {
      run();
    }
  }
}
