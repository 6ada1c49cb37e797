package io.sallyport.watson.messaging;

import io.sallyport.mqtt.ClientGate;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.Router;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.device.DeviceRevocationListener;
import io.sallyport.platform.device.TenantRevocationListener;
import io.sallyport.platform.identity.KeyRevocationListener;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.platform.tenant.HostHint;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.watson.DeviceDirectory;
import io.sallyport.watson.Refusals;
import io.sallyport.watson.WatsonPlatform;
import io.sallyport.watson.status.ConnectionLog;
import io.sallyport.watson.status.StatusBoard;
import io.sallyport.watson.status.WatsonScopes;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The MQTT side of the Watson IoT contract, put together. From construction on, events and commands
 * go out to the router's subscribers; {@link #close} ends that, and belongs after the engine's
 * stop. Thread-safe.
 */
public final class WatsonMessaging implements AutoCloseable {
  private final WatsonGate gate;
  private final StatusBoard board;
  private final ConnectionLog connectionLog;
  private final DeviceDirectory directory;
  private final DeviceCleanup deviceCleanup;
  private final ApiKeyCleanup apiKeyCleanup;
  private final Router router;
  private final TenantStore tenants;
  private final Egress egress;

  /**
   * @param domain the installation's domain: {@code <org>.messaging.<domain>} are its hosts
   * @param threads for work that blocks, e.g. virtual threads
   * @param timer for the few things that happen by the clock; its tasks return at once
   */
  public WatsonMessaging(
      WatsonPlatform platform,
      Router router,
      String domain,
      WatsonLimits limits,
      Clock clock,
      Executor threads,
      ScheduledExecutorService timer) {
    this.connectionLog = new ConnectionLog();
    this.board = new StatusBoard(router, connectionLog, clock);
    this.directory = new DeviceDirectory(platform.devices(), clock);
    this.deviceCleanup = new DeviceCleanup(platform.tenants(), directory, board, router);
    KeyStandings keys = new KeyStandings(platform, threads);
    this.apiKeyCleanup = new ApiKeyCleanup(platform.tenants(), keys, router);
    this.router = router;
    this.tenants = platform.tenants();
    MessagingParts parts =
        new MessagingParts(
            platform,
            directory,
            new Refusals(platform.audit()),
            board,
            keys,
            clock,
            threads,
            timer);
    this.gate = new WatsonGate(parts, new HostHint(domain, platform.tenants()), limits);
    this.egress = new Egress(router, platform.feed(), platform.commandFeed());
  }

  /**
   * After a start: brings to the sessions that the engine has loaded what the log has and they
   * lack. Before the first client comes and before the first event; blocks.
   */
  public void replay(TelemetryStore log) {
    PageRequest request = PageRequest.first(PageRequest.LIMIT_MAX);
    Page<Tenant> page = tenants.list(request);
    page.items().forEach(tenant -> egress.replay(log, tenant.number()));
    while (page.next().isPresent()) {
      page = tenants.list(request.next(page.next().get()));
      page.items().forEach(tenant -> egress.replay(log, tenant.number()));
    }
  }

  /** Ask it for every CONNECT that this contract {@link #claims}. */
  public ClientGate gate() {
    return gate;
  }

  /** Whether a CONNECT speaks this contract, by kind of credential and form of client id. */
  public boolean claims(ConnectRequest request) {
    return gate.claims(request);
  }

  /** Whether its user name alone says that a CONNECT speaks this contract. */
  public boolean claimsByUser(ConnectRequest request) {
    return gate.claimsByUser(request);
  }

  /** For the REST side: the connections of each device. */
  public ConnectionLog connectionLog() {
    return connectionLog;
  }

  /** For the REST side: the same short memory of the registry. */
  public DeviceDirectory directory() {
    return directory;
  }

  /** To be told of every device that is deleted or disabled. */
  public DeviceRevocationListener deviceCleanup() {
    return deviceCleanup;
  }

  /** To be told of every API key that is changed or deleted. */
  public KeyRevocationListener apiKeyCleanup() {
    return apiKeyCleanup;
  }

  /** To be told of every tenant that is deleted: no session and nothing retained stays. */
  public TenantRevocationListener tenantCleanup() {
    return tenant -> {
      router.deleteScope(WatsonScopes.full(tenant.number()));
      router.deleteScope(WatsonScopes.masked(tenant.number()));
      board.forgetTenant(tenant.number());
    };
  }

  @Override
  public void close() {
    egress.close();
  }
}
