package io.sallyport.web.api;

import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.EventQuery;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.web.json.ApiJsonMapper;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Numbers out of the JSON events of one device. */
@RestController
@RequestMapping(NativeApiConfiguration.PATH + "/tenants/{tenant}/devices/{type}/{id}/series")
@Tag(name = "events")
final class SeriesResource {
  private final ReadableDevice devices;
  private final TelemetryStore store;
  private final Listings listings;
  private final ApiJsonMapper mapper;

  SeriesResource(
      ReadableDevice devices, TelemetryStore store, Listings listings, ApiJsonMapper mapper) {
    this.devices = devices;
    this.store = store;
    this.listings = listings;
    this.mapper = mapper;
  }

  @GetMapping
  @Operation(
      summary = "One number of each JSON event, newest first",
      description =
          "path leads to a number, e.g. d.temperature. limit counts the events looked at: a page"
              + " has fewer samples where events lack the number, and may have none.")
  Listing<EventJson.Sample> list(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String type,
      @PathVariable String id,
      @RequestParam String path,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to,
      @RequestParam(required = false) @Nullable String name,
      @RequestParam(defaultValue = Listings.LIMIT_DEFAULT) int limit,
      @RequestParam(required = false) @Nullable String next,
      HttpServletRequest request) {
    ReadableDevice.Found device =
        devices.require(actor, Permission.EVENT_READ, PathNames.device(tenant, type, id));
    SeriesPath wanted = SeriesPath.parse(path);
    TimeRange range = TimeRange.of(from, to);
    EventQuery query =
        new EventQuery(range.fromMillis(), range.toMillis(), Optional.ofNullable(name), true);
    return listings.weighedPage(
        request,
        actor,
        limit,
        next,
        page -> store.history(device.key(), device.number(), device.tenantNumber(), query, page),
        stored -> 0,
        stored -> sample(stored.event(), wanted));
  }

  private EventJson.@Nullable Sample sample(Event event, SeriesPath path) {
    return number(event, path)
        .map(value -> new EventJson.Sample(Instant.ofEpochMilli(event.timeMillis()), value))
        .orElse(null);
  }

  /** A payload that only claims to be JSON has no number. */
  private Optional<BigDecimal> number(Event event, SeriesPath path) {
    try {
      return path.numberIn(mapper.readTree(event.payload().sharedBytes()));
    } catch (ProblemException e) {
      return Optional.empty();
    }
  }
}
