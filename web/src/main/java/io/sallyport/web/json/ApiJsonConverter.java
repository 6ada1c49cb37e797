package io.sallyport.web.json;

import io.sallyport.platform.base.Problem;
import java.io.IOException;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractHttpMessageConverter;

/** Carries {@link ApiJson} bodies over HTTP and refuses those that are too large. */
public final class ApiJsonConverter extends AbstractHttpMessageConverter<ApiJson> {
  private final ApiJsonMapper mapper;
  private final int bodyBytesMax;

  public ApiJsonConverter(ApiJsonMapper mapper, int bodyBytesMax) {
    super(MediaType.APPLICATION_JSON, MediaType.APPLICATION_PROBLEM_JSON);
    this.mapper = mapper;
    this.bodyBytesMax = bodyBytesMax;
  }

  @Override
  protected boolean supports(Class<?> type) {
    return ApiJson.class.isAssignableFrom(type);
  }

  @Override
  protected ApiJson readInternal(Class<? extends ApiJson> type, HttpInputMessage input)
      throws IOException {
    if (input.getHeaders().getContentLength() > bodyBytesMax) {
      throw tooLarge();
    }
    byte[] body = input.getBody().readNBytes(bodyBytesMax + 1);
    if (body.length > bodyBytesMax) {
      throw tooLarge();
    }
    return mapper.read(body, type);
  }

  /** Large answers go out as they are encoded, so that no copy of them is made. */
  @Override
  protected void writeInternal(ApiJson value, HttpOutputMessage output) throws IOException {
    HeldOutput held = new HeldOutput(output);
    mapper.write(value, held);
    held.finish();
  }

  private RuntimeException tooLarge() {
    return new Problem(Problem.Code.TOO_LARGE, "the body is larger than " + bodyBytesMax + " bytes")
        .asException();
  }
}
