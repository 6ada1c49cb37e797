package io.sallyport.simulator.access;

import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads a device's stored events by the native REST API: {@code GET
 * /api/v1/tenants/{t}/devices/{type}/{id}/events?limit=N[&next=…]}, newest first.
 */
public final class EventHistory {
  private final RestClient rest;
  private final String tenant;

  /**
   * A stored event as REST shows it.
   *
   * @param payload the JSON payload as text in canonical form, or the decoded bytes' text
   */
  public record StoredEvent(String position, String name, String format, String payload) {}

  public EventHistory(RestClient rest, String tenant) {
    this.rest = rest;
    this.tenant = tenant;
  }

  /**
   * Reads one page of the newest events.
   *
   * @return the {@code next} value, empty on the last page
   * @throws IOException when the answer isn't a page
   */
  public Optional<String> readPage(
      DeviceLogin device, int limit, @Nullable String next, Consumer<StoredEvent> reader)
      throws IOException, InterruptedException {
    RestClient.Answer answer = rest.get(path(device, limit, next));
    if (answer.status() != 200 || !answer.body().path("items").isArray()) {
      throw new IOException("events of " + device.id() + ": status " + answer.status());
    }
    for (JsonNode item : answer.body().path("items")) {
      reader.accept(
          new StoredEvent(
              item.path("position").asString(""),
              item.path("name").asString(""),
              item.path("format").asString(""),
              payload(item)));
    }
    JsonNode following = answer.body().path("next");
    return following.isString() ? Optional.of(following.asString("")) : Optional.empty();
  }

  /** Reads all stored events of a device, page by page. */
  public void readAll(DeviceLogin device, int limit, Consumer<StoredEvent> reader)
      throws IOException, InterruptedException {
    Optional<String> next = readPage(device, limit, null, reader);
    while (next.isPresent()) {
      Optional<String> following = readPage(device, limit, next.get(), reader);
      if (following.equals(next)) {
        throw new IOException("events of " + device.id() + ": the page after " + next + " repeats");
      }
      next = following;
    }
  }

  private String path(DeviceLogin device, int limit, @Nullable String next) {
    String path =
        "/api/v1/tenants/%s/devices/%s/%s/events?limit=%d"
            .formatted(tenant, device.type(), device.id(), limit);
    return next == null ? path : path + "&next=" + next;
  }

  private static String payload(JsonNode item) {
    if (item.has("payloadBase64")) {
      byte[] bytes = Base64.getDecoder().decode(item.path("payloadBase64").asString(""));
      return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    }
    return CanonicalJson.write(item.path("payload"));
  }
}
