package io.sallyport.server.wiring;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.platform.audit.AuditStore;
import io.sallyport.platform.base.NumberMarks;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.command.CommandStore;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.device.DeviceTypeStore;
import io.sallyport.platform.identity.ApiKeyStore;
import io.sallyport.platform.identity.OperatorKeyStore;
import io.sallyport.platform.tenant.SettingStore;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.server.config.ConfigurationProblem;
import io.sallyport.server.config.ServerConfig;
import io.sallyport.server.config.ServerConfig.Registry;
import io.sallyport.server.data.DataFolder;
import io.sallyport.store.sql.RegistryConfig;
import io.sallyport.store.sql.SqlRegistry;
import io.sallyport.web.operation.ReadinessCheck;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The system of record and its stores. */
@Configuration(proxyBeanMethods = false)
class RegistryConfiguration {
  /** With less, a change of the registry, its log and the journal of revocations may not fit. */
  private static final long REVOCATION_BYTES = 2L << 20;

  private static final String PASSWORD_VARIABLE = "SALLYPORT_REGISTRY_PASSWORD";

  @Bean(destroyMethod = "close")
  SqlRegistry registry(
      ServerConfig config,
      DataFolder data,
      TenantKeys keys,
      NumberMarks marks,
      MeterRegistry meters) {
    return SqlRegistry.open(
        switch (config.registry()) {
          case Registry.Sqlite _ -> RegistryConfig.sqlite(data.registryFile());
          case Registry.Postgresql postgresql ->
              RegistryConfig.postgres(
                  postgresql.url(),
                  postgresql.user(),
                  password(postgresql),
                  postgresql.rootCertificate());
        },
        keys,
        marks,
        meters);
  }

  private static Secret password(Registry.Postgresql postgresql) {
    if (postgresql.passwordFile().isPresent()) {
      try {
        return Secret.of(Files.readString(postgresql.passwordFile().get()).strip());
      } catch (IOException e) {
        throw new ConfigurationProblem("can't read " + postgresql.passwordFile().get(), e);
      }
    }
    String variable = System.getenv(PASSWORD_VARIABLE);
    if (variable == null) {
      throw new ConfigurationProblem(
          "give registry.password-file or set " + PASSWORD_VARIABLE + " for the database");
    }
    return Secret.of(variable);
  }

  @Bean
  ReadinessCheck registryReady(SqlRegistry registry, ServerConfig config, DataFolder data) {
    List<Path> written =
        config.registry() instanceof Registry.Sqlite
            ? List.of(data.registryFile(), data.keys())
            : List.of(data.keys());
    return new ReadinessCheck() {
      @Override
      public String name() {
        return "registry";
      }

      @Override
      public Optional<String> problem() {
        return registry.fault().map(Problem::text).or(() -> fullVolume(written));
      }
    };
  }

  /** Asked of the volumes, as a fault shows only once somebody has tried to change something. */
  static Optional<String> fullVolume(List<Path> written) {
    for (Path path : written) {
      File file = path.toFile();
      // A volume without a size says 0 to both.
      if (file.getTotalSpace() > 0 && file.getUsableSpace() < REVOCATION_BYTES) {
        return Optional.of(
            "no space is left for changes such as revocations; free some on the volumes of the"
                + " data and key folders");
      }
    }
    return Optional.empty();
  }

  @Bean
  Transactions transactions(SqlRegistry registry) {
    return registry.transactions();
  }

  @Bean
  TenantStore tenantStore(SqlRegistry registry) {
    return registry.tenants();
  }

  @Bean
  SettingStore settingStore(SqlRegistry registry) {
    return registry.settings();
  }

  @Bean
  DeviceTypeStore deviceTypeStore(SqlRegistry registry) {
    return registry.deviceTypes();
  }

  @Bean
  DeviceStore deviceStore(SqlRegistry registry) {
    return registry.devices();
  }

  @Bean
  ApiKeyStore apiKeyStore(SqlRegistry registry) {
    return registry.apiKeys();
  }

  @Bean
  OperatorKeyStore operatorKeyStore(SqlRegistry registry) {
    return registry.operatorKeys();
  }

  @Bean
  CommandStore commandStore(SqlRegistry registry) {
    return registry.commands();
  }

  @Bean
  AuditStore auditStore(SqlRegistry registry) {
    return registry.audit();
  }
}
