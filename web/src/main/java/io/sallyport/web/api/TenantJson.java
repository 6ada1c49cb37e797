package io.sallyport.web.api;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStatus;
import io.sallyport.web.json.ApiJson;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A tenant as JSON. */
record TenantJson(
    String id, String name, String status, SettingsJson settings, Instant created, Instant updated)
    implements ApiJson {
  static TenantJson of(Tenant tenant) {
    return new TenantJson(
        tenant.id().value(),
        tenant.name(),
        tenant.status().name().toLowerCase(Locale.ROOT),
        SettingsJson.of(tenant.settings()),
        tenant.created(),
        tenant.updated());
  }

  /** What creates a tenant; an id is made if none is given. */
  record New(@Nullable String id, @Nullable String name, @Nullable SettingsJson settings)
      implements ApiJson {}

  /** What changes a tenant; absent members stay as they are. */
  record Change(@Nullable String name, @Nullable String status, @Nullable SettingsJson settings)
      implements ApiJson {}

  /** Settings; members absent in a request stay as they are. */
  record SettingsJson(
      @Nullable Long retentionSeconds,
      @Nullable Long retentionBytesMax,
      @Nullable Boolean lastEventCache,
      @Nullable Integer lastEventCacheDays,
      @Nullable Boolean plainTransportAllowed)
      implements ApiJson {
    private static final long RETENTION_SECONDS_MAX = Duration.ofDays(36_500).toSeconds();

    static SettingsJson of(TenantSettings settings) {
      return new SettingsJson(
          settings.retentionAge().toSeconds(),
          settings.retentionBytesMax(),
          settings.lastEventCache(),
          settings.lastEventCacheDays(),
          settings.plainTransportAllowed());
    }

    TenantSettings over(TenantSettings old) {
      if (retentionSeconds != null
          && (retentionSeconds < 1 || retentionSeconds > RETENTION_SECONDS_MAX)) {
        throw Problem.invalid("member 'retentionSeconds' must be 1 to " + RETENTION_SECONDS_MAX);
      }
      try {
        return new TenantSettings(
            retentionSeconds == null ? old.retentionAge() : Duration.ofSeconds(retentionSeconds),
            retentionBytesMax == null ? old.retentionBytesMax() : retentionBytesMax,
            lastEventCache == null ? old.lastEventCache() : lastEventCache,
            lastEventCacheDays == null ? old.lastEventCacheDays() : lastEventCacheDays,
            plainTransportAllowed == null ? old.plainTransportAllowed() : plainTransportAllowed);
      } catch (IllegalArgumentException e) {
        throw Problem.invalid("member 'settings': " + e.getMessage());
      }
    }
  }

  static TenantStatus status(String text) {
    return switch (text) {
      case "active" -> TenantStatus.ACTIVE;
      case "suspended" -> TenantStatus.SUSPENDED;
      default -> throw Problem.invalid("member 'status' must be active or suspended");
    };
  }
}
