package io.sallyport.web.problem;

import io.sallyport.web.json.ApiJson;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * The body of every answer that is not a success (RFC 9457).
 *
 * @param code what programs decide by, e.g. {@code bad-cursor}
 * @param detail a sentence for people; never tells foreign from unknown
 * @param refusal what {@code /api/v1/refusals} explains, where something was refused or failed
 */
public record ApiProblem(
    String type, String title, int status, String code, String detail, @Nullable String refusal)
    implements ApiJson {
  static ApiProblem of(HttpStatus status, String code, String detail, @Nullable String refusal) {
    return new ApiProblem(
        "about:blank", status.getReasonPhrase(), status.value(), code, detail, refusal);
  }
}
