package io.sallyport.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.web.Api.Answer;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.servlet.MockMvc;
import tools.jackson.databind.JsonNode;

/** The OpenAPI document, where it is switched on. */
@SpringBootTest(classes = TestApplication.class, properties = "spring.main.banner-mode=off")
@ContextConfiguration(initializers = ConfiguredProperties.OpenApi.class)
@AutoConfigureMockMvc
final class OpenApiTest {
  @Autowired private MockMvc mvc;

  @Test
  void the_document_names_every_route_with_a_summary() {
    Answer answer = new Api(mvc).get(null, "/openapi/v1.json");

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    JsonNode paths = answer.json().path("paths");
    Set<String> documented =
        paths
            .propertyStream()
            .flatMap(path ->
                path.getValue().propertyNames().stream()
                    .map(method -> method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey()))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> served =
        RouteGuardTest.routes().stream()
            .map(r -> r.method() + " /api/v1" + r.pattern().replaceAll("\\?.*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    served.add("GET /api/v1/refusals/{refusal}");

    assertThat(documented).isEqualTo(served);
    paths
        .propertyStream()
        .flatMap(path -> path.getValue().valueStream())
        .forEach(operation -> assertThat(operation.path("summary").asString("")).isNotEmpty());
  }

  @Test
  void the_document_tells_shapes_and_the_way_to_log_in() {
    JsonNode api = new Api(mvc).get(null, "/openapi/v1.json").json();

    assertThat(api.at("/components/securitySchemes/key/scheme").asString()).isEqualTo("basic");
    assertThat(api.at("/components/schemas/EventJson/properties/payload").isMissingNode())
        .isFalse();
    assertThat(api.path("paths").toString()).doesNotContain("AuthenticationPrincipal", "actor");
  }
}
