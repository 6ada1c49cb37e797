package io.sallyport.watson.rest;

import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Answers as bytes of JSON, whatever the client says it accepts: the old clients say little. */
final class Answers {
  static final String RETRY_AFTER_SECONDS = "1";

  private Answers() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  static ResponseEntity<byte[]> json(int status, JsonNode body) {
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.status(status).contentType(MediaType.APPLICATION_JSON);
    if (status == 503) {
      answer.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    return answer.body(bytes(body));
  }

  static ResponseEntity<byte[]> ok(JsonNode body) {
    return json(200, body);
  }

  static ResponseEntity<byte[]> created(JsonNode body) {
    return json(201, body);
  }

  static ResponseEntity<byte[]> empty(int status) {
    return ResponseEntity.status(status).build();
  }

  static ResponseEntity<byte[]> problem(ApiProblem problem) {
    return json(problem.status(), error(problem));
  }

  static byte[] bytes(JsonNode body) {
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Section 9.3; {@code refusal} is ours: the id that explains a refusal to those who may know. */
  static ObjectNode error(ApiProblem problem) {
    ObjectNode body = object().put("message", problem.id() + ": " + problem.text());
    body.set("exception", exception(problem.id()));
    if (!problem.violations().isEmpty()) {
      ArrayNode violations = body.putArray("violations");
      for (ApiProblem.Violation violation : problem.violations()) {
        ObjectNode one =
            violations.addObject().put("message", violation.id() + ": " + violation.text());
        one.set("exception", exception(violation.id()));
      }
    }
    problem.refusal().ifPresent(refusal -> body.put("refusal", refusal.value()));
    return body;
  }

  private static ObjectNode exception(String id) {
    ObjectNode exception = object().put("id", id);
    exception.putArray("properties");
    return exception;
  }
}
