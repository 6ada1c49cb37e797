package io.sallyport.watson.rest;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.identity.Permission;
import io.sallyport.watson.WatsonPlatform;
import io.sallyport.watson.WatsonTime;
import io.sallyport.watson.status.ConnectionLog;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ArrayNode;

/** A device's latest connections, newest first, since the start of the server. */
@RestController
final class ConnectionLogController {
  private static final Set<String> PARAMETERS =
      Set.of("typeId", "deviceId", "fromTime", "toTime", "limit", "offset");
  private static final int OFFSET_MAX = 10_000;
  private static final int LIMIT_MAX = 1_000;

  private final WatsonPlatform platform;
  private final ConnectionLog log;
  private final Bookmarks bookmarks;

  ConnectionLogController(WatsonPlatform platform, ConnectionLog log, Bookmarks bookmarks) {
    this.platform = platform;
    this.log = log;
    this.bookmarks = bookmarks;
  }

  @GetMapping(WatsonPaths.BASE + "/logs/connection")
  ResponseEntity<byte[]> list(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller, HttpServletRequest request) {
    ListQuery query = ListQuery.of(request, caller, bookmarks, PARAMETERS);
    DeviceKey key =
        WatsonPaths.device(caller.tenant(), required(query, "typeId"), required(query, "deviceId"));
    // The entries tell addresses (THREATS T36).
    platform.policy().require(caller.principal(), Permission.CONNECTION_READ, key);
    if (platform.devices().find(key).isEmpty()) {
      throw Problem.notFound("the device");
    }
    Instant from = time(query, "fromTime").orElse(Instant.MIN);
    Instant to = time(query, "toTime").orElse(Instant.MAX);
    int offset = ListQuery.number(request, "offset", 0, 0, OFFSET_MAX);
    ArrayNode answer = Answers.array();
    log.of(key).stream()
        .filter(entry -> !entry.time().isBefore(from) && !entry.time().isAfter(to))
        .skip(offset)
        .limit(ListQuery.number(request, "limit", LIMIT_MAX, 1, LIMIT_MAX))
        .forEach(entry ->
            answer
                .addObject()
                .put("message", entry.message())
                .put("timestamp", WatsonTime.text(entry.time())));
    return Answers.ok(answer);
  }

  private static String required(ListQuery query, String name) {
    return query
        .filter(name)
        .orElseThrow(() -> ApiProblem.invalid("The query parameter is required: " + name));
  }

  private static Optional<Instant> time(ListQuery query, String name) {
    return query
        .filter(name)
        .map(text -> {
          try {
            return OffsetDateTime.parse(text).toInstant();
          } catch (DateTimeParseException notTime) {
            throw ApiProblem.invalid(name + " must be an ISO 8601 time with offset.");
          }
        });
  }
}
