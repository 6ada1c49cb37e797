package io.sallyport.server.wiring;

import io.sallyport.platform.audit.AuditCheckpoint;
import io.sallyport.platform.audit.AuditCheckpoints;
import io.sallyport.platform.audit.AuditLimits;
import io.sallyport.platform.audit.AuditStore;
import io.sallyport.platform.audit.ChainedAuditLog;
import io.sallyport.platform.audit.CheckpointFile;
import io.sallyport.platform.audit.NewestCheckpoint;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.server.config.ServerConfig;
import io.sallyport.server.data.DataFolder;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** The audit chains, and their signed checkpoints in the key folder and elsewhere. */
@Configuration(proxyBeanMethods = false)
class AuditConfiguration {
  /** The last checkpoint is made when the log has written its last record, so it ends behind it. */
  @Bean(destroyMethod = "close")
  @DependsOn("checkpointJob")
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
      AuditStore store, Transactions transactions, TenantKeys keys, Clock clock) {
    return new AuditCheckpoints(store, transactions, keys, clock);
  }

  @Bean
  CheckpointFile checkpointFile(DataFolder data) {
    return new CheckpointFile(data.keys().resolve("audit-checkpoints"));
  }

  @Bean
  CheckpointCopy checkpointCopy(ServerConfig config, DataFolder data) {
    return CheckpointCopy.to(config.audit().checkpointFile(), data);
  }

  @Bean(destroyMethod = "close")
  CheckpointJob checkpointJob(
      AuditCheckpoints checkpoints, CheckpointFile file, CheckpointCopy copy, Rounds rounds) {
    CheckpointJob job = new CheckpointJob(checkpoints, file, copy);
    job.ends(rounds.every(Duration.ofMinutes(1), "the audit checkpoint", job));
    return job;
  }

  /** One checkpoint a minute where anything was recorded, and one at the end. */
  static final class CheckpointJob implements Runnable, AutoCloseable, NewestCheckpoint {
    private final AuditCheckpoints checkpoints;
    private final CheckpointFile file;
    private final CheckpointCopy copy;
    private @Nullable Future<?> rounds;

    CheckpointJob(AuditCheckpoints checkpoints, CheckpointFile file, CheckpointCopy copy) {
      this.checkpoints = checkpoints;
      this.file = file;
      this.copy = copy;
    }

    void ends(Future<?> future) {
      this.rounds = future;
    }

    @Override
    public synchronized void run() {
      Optional<AuditCheckpoint> last = file.last();
      AuditCheckpoint next = checkpoints.make(last);
      if (last.isEmpty() || !last.get().heads().equals(next.heads())) {
        file.append(next);
        copy.append(file, next);
      } else {
        copy.append(file, last.get());
      }
    }

    @Override
    public synchronized long number() {
      long kept = file.last().map(AuditCheckpoint::number).orElse(0L);
      return Math.max(kept, copy.newestNumber());
    }

    @Override
    public void close() {
      if (rounds != null) {
        rounds.cancel(false);
      }
      run();
    }
  }
}
