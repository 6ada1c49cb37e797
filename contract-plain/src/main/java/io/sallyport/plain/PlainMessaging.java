package io.sallyport.plain;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.mqtt.ClientGate;
import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.Router;
import io.sallyport.mqtt.Scope;
import io.sallyport.platform.device.TenantRevocationListener;
import io.sallyport.platform.space.PlainCredential;
import io.sallyport.platform.space.PlainSpace;
import io.sallyport.platform.space.PlainSpaceListener;
import io.sallyport.platform.tenant.HostHint;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Plain spaces on MQTT, put together. From construction on, bridges carry; {@link #close} ends
 * that, and belongs after the engine's stop. Thread-safe.
 */
public final class PlainMessaging implements AutoCloseable {
  private final LiveSpaces spaces;
  private final RunningBridges bridges;
  private final SpaceTraffic traffic;
  private final PlainGate gate;

  /**
   * @param domain the installation's domain: {@code <tenant>.<domain>} are its hosts
   * @param identities of listeners without login
   * @param limits what the engine lets each client use
   * @param random for client ids that are made; a strong source
   * @param threads for work that blocks, e.g. virtual threads
   */
  public PlainMessaging(
      PlainPlatform platform,
      Router router,
      String domain,
      ListenerIdentities identities,
      ClientLimits limits,
      Clock clock,
      RandomGenerator random,
      Executor threads,
      MeterRegistry meters) {
    PlainMetrics metrics = new PlainMetrics(meters);
    this.spaces = new LiveSpaces(router);
    this.bridges =
        new RunningBridges(platform.store(), platform.spaces(), platform.bridgeRights(), threads);
    this.traffic =
        new SpaceTraffic(router, bridges, platform.ingest(), platform.feed(), metrics, clock);
    PlainParts parts =
        new PlainParts(
            platform, spaces, traffic, new Refusals(platform.audit()), metrics, limits, random);
    this.gate = new PlainGate(parts, new HostHint(domain, platform.tenants()), identities);
  }

  /**
   * Ask it for every CONNECT that this contract {@link #claims}, and for those with a user name
   * that no contract claims: their answer is that of a wrong password.
   */
  public ClientGate gate() {
    return gate;
  }

  /** Whether it is the scope of a plain space; its number is the space's. */
  public static boolean owns(Scope scope) {
    return PlainScopes.owns(scope);
  }

  /** Whether the listener says who its clients are: such a CONNECT is nobody else's. */
  public boolean isIdentified(ConnectRequest request) {
    return gate.isIdentified(request);
  }

  /** Whether a CONNECT speaks this contract: by its listener, or by a plain credential's name. */
  public boolean claims(ConnectRequest request) {
    return gate.claims(request);
  }

  /** To be told of every change, so that it acts on what is open. */
  public PlainSpaceListener changes() {
    return new PlainSpaceListener() {
      @Override
      public void spaceChanged(PlainSpace space) {
        spaces.spaceChanged(space);
      }

      @Override
      public void spaceDeleted(PlainSpace space) {
        spaces.spaceDeleted(space.number());
      }

      @Override
      public void credentialChanged(PlainCredential credential) {
        spaces.credentialChanged(credential);
      }

      @Override
      public void credentialDeleted(PlainCredential credential) {
        spaces.credentialDeleted(credential);
      }

      @Override
      public void bridgesChanged() {
        bridges.reviewSoon();
      }
    };
  }

  /** To be told of every tenant that is deleted. */
  public TenantRevocationListener tenantCleanup() {
    return tenant -> {
      spaces.tenantDeleted(tenant.id());
      bridges.reviewSoon();
    };
  }

  /**
   * Reads anew which bridges may run. To be called every few seconds: what an author loses
   * elsewhere stops its bridges by this. Blocks.
   */
  public void reviewBridges() {
    bridges.review();
  }

  @Override
  public void close() {
    traffic.close();
  }
}
