package io.sallyport.watson.rest;

import io.sallyport.platform.base.RefusalId;
import java.util.List;
import java.util.Optional;

/** An answer other than success, in the contract's words (watson-iot.md section 9.3). */
final class ApiProblem extends RuntimeException {
  /** What is wrong with one member or parameter. */
  record Violation(String id, String text) {}

  private final int status;
  private final String id;
  private final String text;
  private final transient List<Violation> violations;
  private final transient Optional<RefusalId> refusal;

  private ApiProblem(
      int status, String id, String text, List<Violation> violations, Optional<RefusalId> refusal) {
    super(status + " " + id + ": " + text, null, false, false);
    this.status = status;
    this.id = id;
    this.text = text;
    this.violations = violations;
    this.refusal = refusal;
  }

  static ApiProblem of(int status, String text) {
    return new ApiProblem(status, id(status), text, List.of(), Optional.empty());
  }

  static ApiProblem of(int status, String id, String text) {
    return new ApiProblem(status, id, text, List.of(), Optional.empty());
  }

  static ApiProblem refused(int status, RefusalId refusal) {
    String text =
        switch (status) {
          case 401 -> "The credentials are not valid.";
          case 429 -> "Too many attempts, try later.";
          default -> "The request is not allowed.";
        };
    return new ApiProblem(status, id(status), text, List.of(), Optional.of(refusal));
  }

  /** 400, with what is wrong. */
  static ApiProblem invalid(String violation) {
    return invalid(List.of(new Violation("CUDRS0007E", violation)));
  }

  static ApiProblem invalid(List<Violation> violations) {
    return new ApiProblem(
        400, "CUDRS0007E", "The request was not valid.", violations, Optional.empty());
  }

  static ApiProblem tooHigh(String what) {
    return invalid(List.of(new Violation("CUDRS0012E", what)));
  }

  /** The contract's pages name no ids for these; they keep its form. */
  private static String id(int status) {
    return "CUDSP0" + status + "E";
  }

  int status() {
    return status;
  }

  String id() {
    return id;
  }

  String text() {
    return text;
  }

  List<Violation> violations() {
    return violations;
  }

  Optional<RefusalId> refusal() {
    return refusal;
  }
}
