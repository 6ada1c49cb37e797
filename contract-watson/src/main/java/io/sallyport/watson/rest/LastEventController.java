package io.sallyport.watson.rest;

import io.sallyport.platform.audit.AuditEntry;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.platform.telemetry.StoredEvent;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.watson.WatsonNames;
import io.sallyport.watson.WatsonPlatform;
import io.sallyport.watson.WatsonTime;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** The last event cache (watson-iot.md section 9.1), off by default as in the original. */
@RestController
final class LastEventController {
  private static final int TTL_DAYS_MAX = 45;

  /** The contract has no pages here; a device with more is read event by event. */
  private static final long PAYLOAD_BYTES_MAX = 2 << 20;

  private final WatsonPlatform platform;
  private final AnswerLeases leases;
  private final Clock clock;

  LastEventController(WatsonPlatform platform, AnswerLeases leases, Clock clock) {
    this.platform = platform;
    this.leases = leases;
    this.clock = clock;
  }

  @GetMapping(WatsonPaths.DEVICE + "/events")
  ResponseEntity<byte[]> all(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      @PathVariable("type") String type,
      @PathVariable("device") String device,
      HttpServletRequest request) {
    Device found = readable(caller, type, device);
    ReadBudget.Lease lease = leases.reserve(request, caller);
    EventsAnswer answer = new EventsAnswer();
    platform
        .history()
        .lastEvents(
            found.key(),
            found.number(),
            caller.principal().tenantNumber(),
            notBefore(caller),
            PAYLOAD_BYTES_MAX)
        .forEach(event -> answer.add(json(event)));
    return answer.asArray(lease);
  }

  @GetMapping(WatsonPaths.DEVICE + "/events/{event}")
  ResponseEntity<byte[]> one(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      @PathVariable("type") String type,
      @PathVariable("device") String device,
      @PathVariable("event") String event,
      HttpServletRequest request) {
    Device found = readable(caller, type, device);
    ReadBudget.Lease lease = leases.reserve(request, caller);
    return platform
        .history()
        .lastEvent(
            found.key(),
            found.number(),
            caller.principal().tenantNumber(),
            event,
            notBefore(caller))
        .map(stored -> {
          byte[] body = Answers.bytes(json(stored));
          lease.shrinkTo(body.length);
          return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(body);
        })
        .orElseThrow(() -> ApiProblem.of(404, "There is no such event."));
  }

  private Device readable(Caller caller, String type, String device) {
    DeviceKey key = WatsonPaths.device(caller.tenant(), type, device);
    platform.policy().require(caller.principal(), Permission.EVENT_READ, key);
    if (!tenant(caller).settings().lastEventCache()) {
      throw ApiProblem.of(403, "CUDCS0105E", "The last event cache is disabled.");
    }
    return platform.devices().find(key).orElseThrow(() -> Problem.notFound("the device"));
  }

  private long notBefore(Caller caller) {
    int days = tenant(caller).settings().lastEventCacheDays();
    return clock.instant().minus(Duration.ofDays(days)).toEpochMilli();
  }

  private static ObjectNode json(StoredEvent stored) {
    Event event = stored.event();
    return Answers.object()
        .put("deviceId", WatsonNames.encode(event.device().id()))
        .put("typeId", event.device().type().value())
        .put("eventId", event.name())
        .put("format", event.format())
        .put("payload", Base64.getEncoder().encodeToString(event.payload().sharedBytes()))
        .put("timestamp", WatsonTime.text(event.timeMillis()));
  }

  @GetMapping(WatsonPaths.BASE + "/config/lec")
  ResponseEntity<byte[]> configuration(@RequestAttribute(Caller.ATTRIBUTE) Caller caller) {
    platform.policy().require(caller.principal(), Permission.DEVICE_READ, caller.tenant());
    return Answers.ok(json(tenant(caller).settings()));
  }

  /** "Registry write" of the contract's role table covers it (section 5.4). */
  @PutMapping(WatsonPaths.BASE + "/config/lec")
  ResponseEntity<byte[]> configure(@RequestAttribute(Caller.ATTRIBUTE) Caller caller) {
    platform.policy().require(caller.principal(), Permission.DEVICE_MANAGE, caller.tenant());
    JsonBody body = JsonBody.of(caller, Set.of("enabled", "ttlDays"));
    int days = body.number("ttlDays").orElse(tenant(caller).settings().lastEventCacheDays());
    if (days < 1 || days > TTL_DAYS_MAX) {
      throw ApiProblem.invalid("ttlDays must be 1 to 45.");
    }
    boolean enabled =
        body.flag("enabled").orElseThrow(() -> ApiProblem.invalid("enabled is required."));
    TenantSettings settings =
        platform
            .transactions()
            .write(() -> {
              Tenant tenant = tenant(caller);
              TenantSettings old = tenant.settings();
              TenantSettings changed =
                  new TenantSettings(
                      old.retentionAge(),
                      old.retentionBytesMax(),
                      enabled,
                      days,
                      old.plainTransportAllowed());
              platform
                  .tenants()
                  .update(tenant.id(), tenant.name(), tenant.status(), changed, clock.instant());
              platform
                  .audit()
                  .record(
                      AuditEntry.done(
                          tenant.id(),
                          caller.principal().auditName(),
                          "tenant.last-event-cache",
                          tenant.id().value(),
                          Map.of(
                              "enabled",
                              Boolean.toString(enabled),
                              "days",
                              Integer.toString(days))));
              return changed;
            });
    return Answers.ok(json(settings));
  }

  private static ObjectNode json(TenantSettings settings) {
    return Answers.object()
        .put("enabled", settings.lastEventCache())
        .put("ttlDays", settings.lastEventCacheDays());
  }

  private Tenant tenant(Caller caller) {
    return platform
        .tenants()
        .find(caller.tenant())
        .orElseThrow(() -> Problem.notFound("the organization"));
  }
}
