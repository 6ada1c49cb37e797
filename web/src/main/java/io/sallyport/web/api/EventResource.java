package io.sallyport.web.api;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.telemetry.AppendListener;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.EventQuery;
import io.sallyport.platform.telemetry.TelemetryIngest;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.web.WebConfig;
import io.sallyport.web.json.ApiJsonMapper;
import io.sallyport.web.json.EmbeddedJson;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What one device reported; applications may report on its behalf. */
@RestController
@RequestMapping(NativeApiConfiguration.PATH + "/tenants/{tenant}/devices/{type}/{id}/events")
@Tag(name = "events")
final class EventResource {
  /** As if it had come by MQTT with QoS 1: acknowledged when durable. */
  private static final int QOS = 1;

  private final ReadableDevice devices;
  private final TelemetryStore store;
  private final TelemetryIngest ingest;
  private final DurableAnswers durable;
  private final Listings listings;
  private final ApiJsonMapper mapper;
  private final EmbeddedJson embedded;
  private final Clock clock;
  private final WebConfig config;

  EventResource(
      ReadableDevice devices,
      TelemetryStore store,
      TelemetryIngest ingest,
      DurableAnswers durable,
      Listings listings,
      ApiJsonMapper mapper,
      EmbeddedJson embedded,
      Clock clock,
      WebConfig config) {
    this.devices = devices;
    this.store = store;
    this.ingest = ingest;
    this.durable = durable;
    this.listings = listings;
    this.mapper = mapper;
    this.embedded = embedded;
    this.clock = clock;
    this.config = config;
  }

  @GetMapping
  @Operation(summary = "Events, newest first; a page may be shorter than limit though more follow")
  Listing<EventJson> list(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String type,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to,
      @RequestParam(required = false) @Nullable String name,
      @RequestParam(defaultValue = Listings.LIMIT_DEFAULT) int limit,
      @RequestParam(required = false) @Nullable String next,
      HttpServletRequest request) {
    ReadableDevice.Found device =
        devices.require(actor, Permission.EVENT_READ, PathNames.device(tenant, type, id));
    TimeRange range = TimeRange.of(from, to);
    EventQuery query =
        new EventQuery(range.fromMillis(), range.toMillis(), Optional.ofNullable(name), false);
    return listings.weighedPage(
        request,
        actor,
        limit,
        next,
        page -> store.history(device.key(), device.number(), device.tenantNumber(), query, page),
        stored -> stored.event().payload().size(),
        stored -> EventJson.of(stored, embedded));
  }

  @PostMapping
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(summary = "Publish an event on the device's behalf; answered when it is durable")
  EventJson.Accepted publish(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String type,
      @PathVariable String id,
      @RequestBody EventJson.New body) {
    ReadableDevice.Found device =
        devices.require(actor, Permission.EVENT_PUBLISH, PathNames.device(tenant, type, id));
    String name = BodyFields.topicLevel(BodyFields.required(body.name(), "name"), "name");
    SuppliedPayload supplied =
        SuppliedPayload.of(
            body.format(), body.payload(), body.payloadBase64(), mapper, config.payloadBytesMax());
    Event event =
        new Event(
            device.key(),
            device.tenantNumber(),
            device.number(),
            name,
            supplied.format(),
            supplied.payload(),
            clock.millis(),
            actor.auditName(),
            QOS);
    long position = durable.await(append(event));
    return new EventJson.Accepted(position, Instant.ofEpochMilli(event.timeMillis()));
  }

  private CompletableFuture<Long> append(Event event) {
    CompletableFuture<Long> appended = new CompletableFuture<>();
    ingest.submit(
        event,
        new AppendListener() {
          @Override
          public void appended(long position) {
            appended.complete(position);
          }

          @Override
          public void failed(Problem problem) {
            appended.completeExceptionally(problem.asException());
          }
        });
    return appended;
  }
}
