package io.sallyport.watson.rest;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.EventQuery;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.platform.telemetry.StoredEvent;
import io.sallyport.watson.WatsonNames;
import io.sallyport.watson.WatsonPlatform;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The history of JSON events, newest first (watson-iot.md section 9.4). */
@RestController
final class HistorianController {
  static final int TOP_MAX = 100;

  /** How many events one page may pass over in search of matching ones. */
  private static final int SCANNED_MAX = 1_000;

  /** A page ends early, with a bookmark, when it has so many bytes. */
  private static final int PAGE_BYTES_MAX = 1 << 20;

  private static final Set<String> PARAMETERS =
      Set.of("evt_type", "start", "end", "top", "summarize", "summarize_type");

  private final WatsonPlatform platform;
  private final AnswerLeases leases;
  private final Bookmarks bookmarks;

  HistorianController(WatsonPlatform platform, AnswerLeases leases, Bookmarks bookmarks) {
    this.platform = platform;
    this.leases = leases;
    this.bookmarks = bookmarks;
  }

  /** A place to read events from. */
  private interface Source {
    Page<StoredEvent> read(EventQuery query, PageRequest page);
  }

  @GetMapping({WatsonPaths.BASE + "/historian", WatsonPaths.BASE + "/historian/"})
  ResponseEntity<byte[]> ofTenant(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller, HttpServletRequest request) {
    platform.policy().require(caller.principal(), Permission.EVENT_READ, caller.tenant());
    return answer(caller, request, Optional.empty(), tenantSource(caller));
  }

  @GetMapping(WatsonPaths.BASE + "/historian/types/{type}")
  ResponseEntity<byte[]> ofType(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      @PathVariable("type") String type,
      HttpServletRequest request) {
    platform.policy().require(caller.principal(), Permission.EVENT_READ, caller.tenant());
    return answer(caller, request, Optional.of(WatsonPaths.type(type)), tenantSource(caller));
  }

  private Source tenantSource(Caller caller) {
    int tenant = caller.principal().tenantNumber();
    return (query, page) -> platform.history().tenantHistory(tenant, query, page);
  }

  @GetMapping(WatsonPaths.BASE + "/historian/types/{type}/devices/{device}")
  ResponseEntity<byte[]> ofDevice(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      @PathVariable("type") String type,
      @PathVariable("device") String device,
      HttpServletRequest request) {
    DeviceKey key = WatsonPaths.device(caller.tenant(), type, device);
    platform.policy().require(caller.principal(), Permission.EVENT_READ, key);
    Device found = platform.devices().find(key).orElseThrow(() -> Problem.notFound("the device"));
    int tenant = caller.principal().tenantNumber();
    return answer(
        caller,
        request,
        Optional.empty(),
        (query, page) -> platform.history().history(key, found.number(), tenant, query, page));
  }

  private ResponseEntity<byte[]> answer(
      Caller caller, HttpServletRequest request, Optional<TypeId> type, Source source) {
    ListQuery query = ListQuery.of(request, caller, bookmarks, PARAMETERS);
    long start = millis(query, "start", 0);
    long end = millis(query, "end", Long.MAX_VALUE);
    // Both ends belong to the range; the store's end does not.
    EventQuery events =
        new EventQuery(
            start,
            end == Long.MAX_VALUE ? end : end + 1,
            query.filter("evt_type"),
            /* jsonOnly= */ true);
    Optional<String> fields = query.filter("summarize");
    if (fields.isPresent()) {
      Summary summary = Summary.of(fields.get(), query.filter("summarize_type").orElse("avg"));
      ReadBudget.Lease lease = leases.reserve(request, caller);
      return summarized(summary, source, events, type).asEvents(Optional.empty(), lease);
    }
    int top = ListQuery.number(request, "top", TOP_MAX, 1, TOP_MAX);
    PageRequest page = query.page(top);
    ReadBudget.Lease lease = leases.reserve(request, caller);
    EventsAnswer answer = new EventsAnswer();
    Optional<String> next = list(answer, page, source, events, type);
    return answer.asEvents(next.map(query::bookmark), lease);
  }

  private static long millis(ListQuery query, String name, long otherwise) {
    Optional<String> value = query.filter(name);
    if (value.isEmpty()) {
      return otherwise;
    }
    try {
      long millis = Long.parseLong(value.get());
      if (millis >= 0) {
        return millis;
      }
    } catch (NumberFormatException notNumber) {
      throw ApiProblem.invalid(name + " must be milliseconds since 1970.");
    }
    throw ApiProblem.invalid(name + " must be milliseconds since 1970.");
  }

  /** Reads one page; the place where the next begins, if there is one. */
  private static Optional<String> list(
      EventsAnswer answer,
      PageRequest asked,
      Source source,
      EventQuery events,
      Optional<TypeId> type) {
    int top = asked.limit();
    int scanned = 0;
    Optional<String> place = asked.after();
    while (true) {
      // At most as many as are still missing, so that no event is read and not shown.
      int portion = Math.min(top - answer.size(), AnswerLeases.READ_ITEMS_MAX);
      Page<StoredEvent> page = source.read(events, new PageRequest(portion, place));
      for (StoredEvent stored : page.items()) {
        scanned++;
        if (isOfType(stored, type)) {
          JsonBody.parse(stored.event().payload())
              .ifPresent(payload -> answer.add(json(stored.event(), payload)));
        }
      }
      place = page.next();
      if (place.isEmpty()
          || answer.size() >= top
          || answer.bytes() >= PAGE_BYTES_MAX
          || scanned >= SCANNED_MAX
          || page.items().isEmpty()) {
        return place;
      }
    }
  }

  private static EventsAnswer summarized(
      Summary summary, Source source, EventQuery events, Optional<TypeId> type) {
    PageRequest wanted = PageRequest.first(AnswerLeases.READ_ITEMS_MAX);
    while (true) {
      Page<StoredEvent> page = source.read(events, wanted);
      for (StoredEvent stored : page.items()) {
        if (isOfType(stored, type)) {
          JsonBody.parse(stored.event().payload())
              .ifPresent(payload -> summary.add(stored.event(), payload));
        }
      }
      if (page.next().isEmpty()) {
        return summary.answer();
      }
      if (summary.full()) {
        throw ApiProblem.tooHigh(
            "The range holds more than "
                + Summary.EVENTS_MAX
                + " events; narrow it by start and end.");
      }
      wanted = new PageRequest(AnswerLeases.READ_ITEMS_MAX, page.next());
    }
  }

  private static boolean isOfType(StoredEvent stored, Optional<TypeId> type) {
    return type.isEmpty() || stored.event().device().type().equals(type.get());
  }

  /** All five members, and the payload as it came. */
  private static ObjectNode json(Event event, JsonNode payload) {
    return json(event.device(), event.name(), event.timeMillis(), payload);
  }

  static ObjectNode json(DeviceKey device, String name, long timeMillis, JsonNode payload) {
    ObjectNode json =
        Answers.object()
            .put("device_type", device.type().value())
            .put("device_id", WatsonNames.encode(device.id()))
            .put("evt_type", name);
    json.putObject("timestamp").put("$date", timeMillis);
    json.set("evt", payload);
    return json;
  }
}
