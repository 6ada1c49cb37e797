package io.sallyport.server.wiring;

import io.sallyport.platform.audit.AuditEntry;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.RevocationJournal;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.device.DeviceInfo;
import io.sallyport.platform.device.DeviceRegistration;
import io.sallyport.platform.device.DeviceRegistry;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.device.DeviceTypeStore;
import io.sallyport.platform.device.RevocationReplay;
import io.sallyport.platform.device.Tenants;
import io.sallyport.platform.identity.ApiKeyStore;
import io.sallyport.platform.identity.ApiKeys;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.IssuedOperatorKey;
import io.sallyport.platform.identity.OperatorKeys;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.space.PlainCredential;
import io.sallyport.platform.space.PlainSpaceStore;
import io.sallyport.platform.space.PlainSpaces;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.server.config.BootstrapFile;
import io.sallyport.server.config.BootstrapFile.BootstrapDevice;
import io.sallyport.server.config.BootstrapFile.BootstrapTenant;
import io.sallyport.server.config.BootstrapSpace;
import io.sallyport.server.config.ConfigurationProblem;
import io.sallyport.server.data.DataFolder;
import io.sallyport.server.data.Restore;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What happens between the opening of the stores and the opening of the doors. */
public final class FirstStart {
  private static final String JOURNAL = "revocations";

  /** Acts for the installation itself: who runs the program may do this by reading its files. */
  private static final Principal.Operator SYSTEM = new Principal.Operator("bootstrap");

  private final DataFolder data;
  private final boolean journalWasThere;
  private final RevocationReplay replay;
  private final OperatorKeys operators;
  private final Tenants tenants;
  private final TenantStore tenantStore;
  private final ApiKeys apiKeys;
  private final ApiKeyStore apiKeyStore;
  private final DeviceRegistry registry;
  private final DeviceTypeStore types;
  private final DeviceStore devices;
  private final PlainSpaces spaces;
  private final PlainSpaceStore spaceStore;
  private final Transactions transactions;
  private final AuditLog audit;
  private final RevocationJournal revocations;

  FirstStart(
      DataFolder data,
      boolean journalWasThere,
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
    this.data = data;
    this.journalWasThere = journalWasThere;
    this.replay = replay;
    this.operators = operators;
    this.tenants = tenants;
    this.tenantStore = tenantStore;
    this.apiKeys = apiKeys;
    this.apiKeyStore = apiKeyStore;
    this.registry = registry;
    this.types = types;
    this.devices = devices;
    this.spaces = spaces;
    this.spaceStore = spaceStore;
    this.transactions = transactions;
    this.audit = audit;
    this.revocations = revocations;
  }

  /** Whether the key folder holds a journal; asked before opening one makes it. */
  static boolean hasJournal(DataFolder data) {
    return Files.exists(data.keys().resolve(JOURNAL));
  }

  static Path journalFile(DataFolder data) {
    return data.keys().resolve(JOURNAL);
  }

  /**
   * After a restore: takes away again what was taken away since the backup. Without the journal
   * that knows it, no door opens until an operator accepts the gap (THREATS T05).
   */
  public void settleRestore() {
    try {
      Optional<Restore.Origin> restored = Restore.pending(data);
      if (restored.isEmpty()) {
        return;
      }
      if (!journalWasThere && !Restore.gapAccepted(data)) {
        // The journal that this start made must not pass for the lost one at the next.
        Files.deleteIfExists(journalFile(data));
        throw new ConfigurationProblem(
            "this folder was restored from a backup of "
                + restored.get().created()
                + ", and the journal of revocations in "
                + data.keys()
                + " is missing: what was revoked or deleted since then would come back. Bring the"
                + " journal back, or accept the gap with: ./sallyport restore --accept-gap --data "
                + data.root());
      }
      int applied = replay.replay(restored.get().journal(), restored.get().created());
      transactions.run(() ->
          audit.record(
              AuditEntry.installation(
                  "system",
                  "installation.restored",
                  "installation",
                  Map.of(
                      "backup", restored.get().created().toString(),
                      "revocationsApplied", Integer.toString(applied),
                      "journal", journalWasThere ? "present" : "missing, gap accepted"))));
      Restore.settled(data);
    } catch (IOException e) {
      throw new UncheckedIOException("can't read the state of the restore", e);
    }
  }

  /**
   * The first operator's key: to a terminal, else to a private file whose path is printed (T07).
   */
  // JDK 25 went back to a console that is null where input or output is redirected.
  @SuppressWarnings("SystemConsoleNull")
  public void makeOperator(PrintWriter out) {
    Optional<IssuedOperatorKey> issued = operators.createFirst();
    if (issued.isEmpty()) {
      return;
    }
    String text =
        "SALLYPORT_KEY="
            + issued.get().key().key()
            + "\nSALLYPORT_TOKEN="
            + issued.get().token().revealText()
            + "\n";
    Console console = System.console();
    if (console != null && console.isTerminal()) {
      console.writer().print("The operator's key, shown this once:\n" + text);
      console.flush();
      return;
    }
    Path file = data.keys().resolve("first-operator-key");
    try {
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, text, StandardOpenOption.WRITE, StandardOpenOption.DSYNC);
    } catch (IOException e) {
      throw new UncheckedIOException("can't write " + file, e);
    }
    out.println("the operator's key is in " + file + "; read it, then delete the file");
    out.flush();
  }

  /** Creates what the file names and neither exists nor was deleted. */
  public void apply(BootstrapFile file, PrintWriter out) {
    if (!file.notBuiltYet().isEmpty()) {
      out.println(
          "warning: the bootstrap file has sections that this version does not apply: "
              + String.join(", ", file.notBuiltYet()));
      out.flush();
    }
    DeletedNames deleted = DeletedNames.in(revocations);
    file.tenants().forEach(tenant -> apply(tenant, deleted, out));
  }

  private static void leftOut(PrintWriter out, TenantId tenant, String what, String how) {
    out.println(
        "warning: %s of tenant %s in the bootstrap file was deleted and is left out; %s"
            .formatted(what, tenant, how));
    out.flush();
  }

  private void apply(BootstrapTenant wanted, DeletedNames deleted, PrintWriter out) {
    Optional<Tenant> found = tenantStore.find(wanted.id()).or(() -> create(wanted));
    if (found.isEmpty()) {
      out.println(
          "warning: the tenant "
              + wanted.id()
              + " of the bootstrap file was deleted; its id can't be taken again: it is left out");
      out.flush();
      return;
    }
    Tenant tenant = found.get();
    Principal.Application actor = actingFor(tenant, "bootstrap");
    wanted
        .apiKeys()
        .forEach(key -> {
          if (apiKeyStore.find(key.key()).isPresent()) {
            return;
          }
          if (deleted.hasApiKey(tenant.id(), key.key())) {
            leftOut(
                out,
                tenant.id(),
                "the API key " + key.key(),
                "for a new one: ./sallyport key create --tenant " + tenant.id());
          } else {
            apiKeys.create(
                actor,
                tenant.id(),
                Optional.of(key.key()),
                Optional.of(key.token()),
                key.roles(),
                "bootstrap");
          }
        });
    wanted
        .types()
        .forEach(type -> {
          if (types.find(tenant.id(), type.id()).isEmpty()) {
            registry.createType(
                actor,
                tenant.id(),
                type.id(),
                type.deviceClass(),
                type.description(),
                DeviceInfo.NONE,
                Optional.empty());
          }
        });
    wanted.devices().forEach(device -> apply(actor, tenant.id(), device, deleted, out));
    wanted.spaces().forEach(space -> apply(actor, tenant.id(), space, deleted, out));
  }

  /** Empty if the id belonged to a tenant that was deleted. */
  private Optional<Tenant> create(BootstrapTenant wanted) {
    Tenant tenant;
    try {
      tenant = tenants.create(SYSTEM, Optional.of(wanted.id()), wanted.name());
    } catch (ProblemException e) {
      if (e.problem().code() == Problem.Code.ALREADY_EXISTS) {
        return Optional.empty();
      }
      throw e;
    }
    if (!wanted.plainTransportAllowed()) {
      return Optional.of(tenant);
    }
    TenantSettings settings = tenant.settings();
    return Optional.of(
        tenants.changeSettings(
            actingFor(tenant, "bootstrap"),
            tenant.id(),
            new TenantSettings(
                settings.retentionAge(),
                settings.retentionBytesMax(),
                settings.lastEventCache(),
                settings.lastEventCacheDays(),
                true)));
  }

  private void apply(
      Principal.Application actor,
      TenantId tenant,
      BootstrapDevice device,
      DeletedNames deleted,
      PrintWriter out) {
    DeviceKey key = new DeviceKey(tenant, device.type(), device.id());
    if (devices.find(key).isPresent()) {
      return;
    }
    Optional<DeviceKey> goneGateway =
        device
            .gateway()
            .map(gateway -> new DeviceKey(tenant, gateway.type(), gateway.id()))
            .filter(gateway -> devices.find(gateway).isEmpty() && deleted.hasDevice(gateway));
    if (deleted.hasDevice(key) || goneGateway.isPresent()) {
      leftOut(
          out,
          tenant,
          goneGateway
              .filter(gateway -> !deleted.hasDevice(key))
              .map(gateway ->
                  "the gateway %s %s of the device %s %s"
                      .formatted(gateway.type(), gateway.id(), key.type(), key.id()))
              .orElseGet(() -> "the device %s %s".formatted(key.type(), key.id())),
          "to have it again, with a new token: ./sallyport device create --tenant %s %s %s"
              .formatted(tenant, key.type(), key.id()));
    } else {
      registry.register(
          actor,
          new DeviceRegistration(
              key,
              device.gateway().map(g -> new DeviceKey(tenant, g.type(), g.id())),
              DeviceInfo.NONE,
              Optional.empty(),
              device.token(),
              device.randomToken()));
    }
  }

  private void apply(
      Principal.Application actor,
      TenantId tenant,
      BootstrapSpace space,
      DeletedNames deleted,
      PrintWriter out) {
    if (spaceStore.findSpace(tenant, space.name()).isEmpty()) {
      if (deleted.hasSpace(tenant, space.name())) {
        leftOut(
            out,
            tenant,
            "the plain space " + space.name(),
            "to have it again: ./sallyport space create --tenant %s %s"
                .formatted(tenant, space.name()));
        return;
      }
      spaces.createSpace(actor, tenant, space.name(), space.acknowledge(), space.deniedPublish());
    }
    for (BootstrapSpace.BootstrapCredential credential : space.credentials()) {
      Optional<PlainCredential> known = spaceStore.findCredential(tenant, credential.user());
      if (known.isPresent()) {
        requireSpace(known.get(), space.name());
        continue;
      }
      if (deleted.hasCredential(tenant, credential.user())) {
        leftOut(
            out,
            tenant,
            "the credential " + credential.user(),
            "to have it again, with a new password: ./sallyport credential create --tenant %s"
                    .formatted(tenant)
                + " --space %s %s".formatted(space.name(), credential.user()));
      } else {
        spaces.createCredential(
            actor,
            tenant,
            space.name(),
            new PlainSpaces.NewCredential(
                credential.user(),
                credential
                    .password()
                    .<PlainSpaces.Password>map(PlainSpaces.Password.Chosen::new)
                    .orElseGet(PlainSpaces.Password.None::new),
                credential.clientIds(),
                credential.rules(),
                credential.limits()));
      }
    }
  }

  private static void requireSpace(PlainCredential known, String space) {
    if (!known.space().equals(space)) {
      throw new ConfigurationProblem(
          "the bootstrap file has a credential %s in space %s of tenant %s; that name is taken in space %s"
              .formatted(known.name(), space, known.tenant(), known.space()));
    }
  }

  /**
   * A credential for administration by who runs the program on a stopped installation: an
   * operator's key, or a tenant's with all rights. Ends with its closing; both acts are audited.
   */
  public LocalAccess localAccess(Optional<String> tenantId) {
    if (tenantId.isEmpty()) {
      IssuedOperatorKey issued = operators.create(SYSTEM);
      return new LocalAccess(
          issued.key().key(), issued.token(), () -> operators.delete(SYSTEM, issued.key().key()));
    }
    Tenant tenant =
        Optional.of(tenantId.get())
            .filter(TenantId::isValid)
            .flatMap(id -> tenantStore.find(new TenantId(id)))
            .orElseThrow(() -> new ConfigurationProblem("there is no tenant " + tenantId.get()));
    Principal.Application actor = actingFor(tenant, "local-administration");
    IssuedApiKey issued =
        apiKeys.create(
            actor,
            tenant.id(),
            Optional.empty(),
            Optional.empty(),
            Set.of(Role.ADMINISTRATOR.id()),
            "local administration");
    return new LocalAccess(
        issued.key().key(),
        issued.token(),
        () -> apiKeys.delete(actor, tenant.id(), issued.key().key()));
  }

  private static Principal.Application actingFor(Tenant tenant, String name) {
    return new Principal.Application(
        tenant.id(), tenant.number(), name, EnumSet.allOf(Permission.class));
  }
}
