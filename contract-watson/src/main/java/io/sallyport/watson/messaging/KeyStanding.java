package io.sallyport.watson.messaging;

import io.sallyport.mqtt.Message;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantStatus;
import io.sallyport.watson.WatsonPlatform;
import io.sallyport.watson.status.StatusNote;
import io.sallyport.watson.topic.ScopeTopic;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an API key may read now, shared by all its sessions, those without a connection too (THREATS
 * T32). Thread-safe; only {@link #read} blocks.
 */
final class KeyStanding {
  private static final Logger LOG = LoggerFactory.getLogger(KeyStanding.class);

  /**
   * One reading.
   *
   * @param application null when the key is gone or disabled, or its tenant is suspended
   */
  private record Reading(Principal.@Nullable Application application, boolean suspended) {}

  private final WatsonPlatform platform;
  private final Executor threads;
  private final String apiKey;
  private final AccessPolicy policy;
  private final AtomicBoolean readingAgain = new AtomicBoolean();
  private volatile @Nullable Reading latest;

  KeyStanding(WatsonPlatform platform, Executor threads, String apiKey) {
    this.platform = platform;
    this.threads = threads;
    this.apiKey = apiKey;
    this.policy = platform.policy();
  }

  /** One at a time, so that a later reading is never replaced by an earlier one. */
  synchronized void read() {
    Optional<Principal.Application> found = platform.keyLogins().standing(apiKey);
    latest = new Reading(found.orElse(null), found.isEmpty() && ofSuspendedTenant());
  }

  private boolean ofSuspendedTenant() {
    return WatsonGate.tenantOf(apiKey)
        .flatMap(platform.tenants()::find)
        .map(Tenant::status)
        .equals(Optional.of(TenantStatus.SUSPENDED));
  }

  boolean mayRead(Message message) {
    Reading now = latest;
    if (now == null) {
      throw new IllegalStateException("the key was never read");
    }
    Principal.Application application = now.application();
    if (application != null) {
      return mayRead(application, message);
    }
    if (now.suspended()) { // It hardly is any more, or nothing would come. It is judged again.
      readSoon();
    }
    return now.suspended();
  }

  private void readSoon() {
    if (readingAgain.compareAndSet(false, true)) {
      threads.execute(() -> {
        try {
          read();
        } catch (RuntimeException e) {
          LOG.warn("the rights of {} could not be read: {}", apiKey, e.toString());
        } finally {
          readingAgain.set(false);
        }
      });
    }
  }

  private boolean mayRead(Principal.Application application, Message message) {
    Optional<ScopeTopic> about =
        message.attachment() instanceof ScopeTopic note
            ? Optional.of(note)
            : ScopeTopic.parse(application.tenant(), message.topic());
    if (about.isEmpty()) {
      return false;
    }
    return switch (about.get()) {
      case ScopeTopic.OfEvent event ->
          policy.allows(application, Permission.EVENT_READ, event.device());
      case ScopeTopic.OfCommand command ->
          policy.allows(application, Permission.COMMAND_READ, command.device());
      case ScopeTopic.OfDeviceStatus status ->
          policy.allows(application, Permission.CONNECTION_READ, status.device())
              || (message.attachment() != StatusNote.FULL
                  && policy.allows(application, Permission.DEVICE_READ, status.device()));
      case ScopeTopic.OfApplicationStatus _ ->
          policy.allows(application, Permission.CONNECTION_READ, application.tenant());
    };
  }
}
