package io.sallyport.server.wiring;

import io.sallyport.platform.audit.AuditEntry;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.RevocationJournal;
import io.sallyport.platform.base.RevocationsUnderway;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.device.DeviceRegistry;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.device.DeviceTypeStore;
import io.sallyport.platform.device.RevocationReplay;
import io.sallyport.platform.device.Tenants;
import io.sallyport.platform.identity.ApiKeyStore;
import io.sallyport.platform.identity.ApiKeys;
import io.sallyport.platform.identity.OperatorKeys;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.space.PlainSpaceStore;
import io.sallyport.platform.space.PlainSpaces;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.server.config.ConfigurationProblem;
import io.sallyport.server.config.ServerConfig;
import io.sallyport.server.data.Backup;
import io.sallyport.server.data.DataFolder;
import io.sallyport.store.sql.SqlRegistry;
import io.sallyport.web.api.BackupRequests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What operators do with the installation as a whole: first start, backup. */
@Configuration(proxyBeanMethods = false)
class OperationsConfiguration {
  @Bean
  FirstStart firstStart(
      DataFolder data,
      KeysConfiguration.JournalState journal,
      RevocationReplay replay,
      OperatorKeys operators,
      Tenants tenants,
      TenantStore tenantStore,
      ApiKeys apiKeys,
      ApiKeyStore apiKeyStore,
      DeviceRegistry registry,
      DeviceTypeStore types,
      DeviceStore devices,
      PlainSpaces spaces,
      PlainSpaceStore spaceStore,
      Transactions transactions,
      AuditLog audit,
      RevocationJournal revocations) {
    return new FirstStart(
        data,
        journal.wasThere(),
        replay,
        operators,
        tenants,
        tenantStore,
        apiKeys,
        apiKeyStore,
        registry,
        types,
        devices,
        spaces,
        spaceStore,
        transactions,
        audit,
        revocations);
  }

  @Bean
  Backup backup(
      DataFolder data,
      SqlRegistry registry,
      TelemetryStore history,
      RevocationsUnderway underway,
      Clock clock,
      SecureRandom random) {
    return new Backup(
        data,
        registry::backupTo,
        history::checkpoint,
        underway::earliestUncommitted,
        clock,
        random);
  }

  @Bean
  BackupRequests backupRequests(
      ServerConfig config, Backup backup, Transactions transactions, AuditLog audit, Clock clock) {
    return new ConfiguredBackups(config, backup, transactions, audit, clock);
  }

  /** Backups into the configured folder, one at a time. */
  private static final class ConfiguredBackups implements BackupRequests {
    private static final DateTimeFormatter NAME =
        DateTimeFormatter.ofPattern("'sallyport-'yyyyMMdd-HHmmss'.backup'")
            .withZone(ZoneOffset.UTC);

    private final ServerConfig config;
    private final Backup backup;
    private final Transactions transactions;
    private final AuditLog audit;
    private final Clock clock;
    private final ReentrantLock writing = new ReentrantLock();

    ConfiguredBackups(
        ServerConfig config,
        Backup backup,
        Transactions transactions,
        AuditLog audit,
        Clock clock) {
      this.config = config;
      this.backup = backup;
      this.transactions = transactions;
      this.audit = audit;
      this.clock = clock;
    }

    @Override
    public WrittenBackup write(Principal actor) {
      Optional<Path> folder = config.backup().folder();
      Optional<Path> passphraseFile = config.backup().passphraseFile();
      if (folder.isEmpty() || passphraseFile.isEmpty()) {
        throw new Problem(
                Problem.Code.UNAVAILABLE,
                "no backup is configured: set backup.folder and backup.passphrase-file")
            .asException();
      }
      if (!writing.tryLock()) {
        throw new Problem(Problem.Code.CONFLICT, "a backup is being written").asException();
      }
      try {
        Files.createDirectories(folder.get());
        Path file = folder.get().resolve(NAME.format(clock.instant()));
        backup.write(file, passphrase(passphraseFile.get()));
        transactions.run(() ->
            audit.record(
                AuditEntry.installation(
                    actor.auditName(),
                    "installation.backup",
                    file.getFileName().toString(),
                    Map.of())));
        return new WrittenBackup(file.getFileName().toString(), Files.size(file));
      } catch (IOException e) {
        throw new UncheckedIOException("the backup folder can't be used", e);
      } finally {
        writing.unlock();
      }
    }

    private static Secret passphrase(Path file) throws IOException {
      String line = Files.readString(file).lines().findFirst().orElse("");
      if (line.length() < 12) {
        throw new ConfigurationProblem(file + " holds no passphrase of at least 12 characters");
      }
      return Secret.of(line);
    }
  }
}
