package io.sallyport.web.openapi;

import io.sallyport.web.WebConfig;
import io.sallyport.web.login.ApiDoor;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.util.List;
import org.springdoc.core.models.GroupedOpenApi;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Describes the native API at {@code /openapi/v1.json}, and each contract whose own configuration
 * adds a {@link GroupedOpenApi} bean at {@code /openapi/<group>}. Served only where {@link
 * WebConfig#openApi} says so, through {@link WebConfig#springProperties}; else not there.
 */
@Configuration(proxyBeanMethods = false)
public class OpenApiConfiguration {
  private static final String GROUP = "v1.json";
  private static final String KEY_LOGIN = "key";

  @Bean
  @Order(120)
  @ConditionalOnProperty("springdoc.api-docs.enabled")
  SecurityFilterChain openApiDoor(HttpSecurity http, ApiDoor door) {
    return door.loginOptional(http, "/openapi/**");
  }

  @Bean
  GroupedOpenApi nativeApiDescription() {
    return GroupedOpenApi.builder()
        .group(GROUP)
        .pathsToMatch("/api/v1/**")
        .addOpenApiCustomizer(api ->
            api.info(new Info().title("Sallyport native API").version("1"))
                .servers(List.of(new Server().url("/")))
                .addSecurityItem(new SecurityRequirement().addList(KEY_LOGIN))
                .schemaRequirement(
                    KEY_LOGIN,
                    new SecurityScheme()
                        .type(SecurityScheme.Type.HTTP)
                        .scheme("basic")
                        .description("API key or operator key, and its token")))
        .build();
  }
}
