package io.sallyport.watson.rest;

import io.sallyport.platform.telemetry.ReadBudget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A JSON array in the making. Each element becomes bytes at once, as a tree of a payload takes many
 * times what its text takes. Not thread-safe.
 */
final class EventsAnswer {
  private static final byte[] COMMA = {','};

  private final List<byte[]> elements = new ArrayList<>();
  private long bytes;

  void add(JsonNode element) {
    byte[] text = Answers.bytes(element);
    elements.add(text);
    bytes += text.length + COMMA.length;
  }

  int size() {
    return elements.size();
  }

  long bytes() {
    return bytes;
  }

  ResponseEntity<byte[]> asArray(ReadBudget.Lease lease) {
    return answer("[", "]", lease);
  }

  /** As the member {@code events} of an object. */
  ResponseEntity<byte[]> asEvents(Optional<String> bookmark, ReadBudget.Lease lease) {
    String end =
        bookmark
            .map(text -> "],\"bookmark\":" + JsonNodeFactory.instance.stringNode(text) + "}")
            .orElse("]}");
    return answer("{\"events\":[", end, lease);
  }

  /** The lease keeps what the answer needs until it was written. */
  private ResponseEntity<byte[]> answer(String start, String end, ReadBudget.Lease lease) {
    byte[] head = start.getBytes(StandardCharsets.UTF_8);
    byte[] tail = end.getBytes(StandardCharsets.UTF_8);
    int commas = Math.max(0, elements.size() - 1);
    int length = head.length + tail.length + commas;
    for (byte[] element : elements) {
      length = Math.addExact(length, element.length);
    }
    byte[] body = new byte[length];
    int at = put(body, 0, head);
    for (int i = 0; i < elements.size(); i++) {
      if (i > 0) {
        at = put(body, at, COMMA);
      }
      at = put(body, at, elements.get(i));
    }
    put(body, at, tail);
    elements.clear();
    lease.shrinkTo(length);
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(body);
  }

  private static int put(byte[] body, int at, byte[] part) {
    System.arraycopy(part, 0, body, at, part.length);
    return at + part.length;
  }
}
