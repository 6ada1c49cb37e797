package io.sallyport.server.wiring;

import io.sallyport.platform.base.FileNumberMarks;
import io.sallyport.platform.base.FileRevocationJournal;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.certificate.P256InstallationCa;
import io.sallyport.platform.certificate.SealedInstallationCa;
import io.sallyport.platform.tenant.FileTenantKeys;
import io.sallyport.platform.tenant.MasterKey;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.server.config.ConfigurationProblem;
import io.sallyport.server.config.ServerConfig;
import io.sallyport.server.data.DataFolder;
import io.sallyport.web.operation.PostureCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the key folder holds, the tenants' keys, and the installation CA. */
@Configuration(proxyBeanMethods = false)
class KeysConfiguration {
  private static final Logger LOG = LoggerFactory.getLogger(KeysConfiguration.class);

  @Bean
  MasterKey masterKey(ServerConfig config, DataFolder data, SecureRandom random) {
    if (config.masterKeyFile().isEmpty()) {
      return MasterKey.loadOrCreate(data.keys(), data.wrappedKeys(), random);
    }
    Path file = config.masterKeyFile().get().toAbsolutePath();
    if (file.startsWith(data.root())) {
      LOG.warn(
          "the master key {} lies in the data folder: who copies the folder can read everything"
              + " in it",
          file);
    }
    try {
      return MasterKey.parse(Secret.of(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new ConfigurationProblem("can't read the master key " + file + ": " + e, e);
    }
  }

  @Bean(destroyMethod = "close")
  FileTenantKeys tenantKeys(DataFolder data, MasterKey master, Clock clock, SecureRandom random) {
    FileTenantKeys keys = new FileTenantKeys(data.wrappedKeys(), master, clock, random);
    if (keys.escrowed().isEmpty()) {
      LOG.warn(
          "there is no recovery copy of the master key: if {} is lost, so is the data. Write one"
              + " with: ./sallyport key escrow",
          data.keys());
    }
    return keys;
  }

  /** Whoever runs the installation for long without one is told again and again. */
  @Bean
  PostureCheck escrowPosture(FileTenantKeys keys) {
    return new PostureCheck() {
      @Override
      public String name() {
        return "master-key-recovery-copy";
      }

      @Override
      public Optional<String> finding() {
        return keys.escrowed().isEmpty() ? Optional.of("none") : Optional.empty();
      }
    };
  }

  @Bean(destroyMethod = "close")
  FileRevocationJournal revocationJournal(DataFolder data, JournalState state, Clock clock) {
    return new FileRevocationJournal(FirstStart.journalFile(data), clock);
  }

  @Bean(destroyMethod = "close")
  FileNumberMarks numberMarks(DataFolder data) {
    return new FileNumberMarks(data.keys().resolve("numbers"), data.created());
  }

  /** Looked at before the journal is opened, which makes one. */
  @Bean
  JournalState journalState(DataFolder data) {
    return new JournalState(FirstStart.hasJournal(data));
  }

  /** Whether this start found a journal of revocations. */
  record JournalState(boolean wasThere) {}

  @Bean
  P256InstallationCa installationCa(
      ServerConfig config, DataFolder data, TenantKeys keys, Clock clock, SecureRandom random) {
    try {
      List<String> names = ServerNames.dnsNames(config.domain());
      List<InetAddress> addresses = ServerNames.addresses(config);
      if (Files.exists(data.sealedCa())) {
        P256InstallationCa ca =
            SealedInstallationCa.decode(Files.readString(data.sealedCa()), keys, clock, random);
        if (ca.covers(names, addresses)) {
          writeRoot(data, ca);
          return ca;
        }
        LOG.warn(
            "the installation CA was made for other names than {}; a new one is made: clients must"
                + " trust the new {}",
            config.domain(),
            data.caFile());
      }
      P256InstallationCa made = P256InstallationCa.create(names, addresses, clock, random);
      DataFolder.writeDurably(data.sealedCa(), SealedInstallationCa.encode(made, keys, random));
      writeRoot(data, made);
      return made;
    } catch (IOException e) {
      throw new ConfigurationProblem("can't keep the installation CA in " + data.root(), e);
    }
  }

  private static void writeRoot(DataFolder data, P256InstallationCa ca) throws IOException {
    if (!Files.exists(data.caFile()) || !Files.readString(data.caFile()).equals(ca.rootPem())) {
      DataFolder.writeDurably(data.caFile(), ca.rootPem());
    }
  }

  /** The names and addresses that the server certificate covers. */
  static final class ServerNames {
    private ServerNames() {}

    static List<String> dnsNames(String domain) {
      List<String> names = new ArrayList<>(List.of(domain, "*." + domain, "*.messaging." + domain));
      if (!domain.equals("localhost")) {
        names.add("localhost");
      }
      return names;
    }

    static List<InetAddress> addresses(ServerConfig config) throws IOException {
      List<InetAddress> addresses =
          new ArrayList<>(
              List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1")));
      for (String text : config.bind()) {
        InetAddress address = InetAddress.getByName(text);
        if (!address.isAnyLocalAddress() && !addresses.contains(address)) {
          addresses.add(address);
        }
      }
      return addresses;
    }
  }
}
