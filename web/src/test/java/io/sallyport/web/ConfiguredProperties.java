package io.sallyport.web;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Starts the application with the properties that the room's configuration asks for. */
final class ConfiguredProperties {
  private ConfiguredProperties() {}

  /** As it comes. */
  static final class Default
      implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    @Override
    public void initialize(ConfigurableApplicationContext context) {
      apply(context, WebConfig.DEFAULT);
    }
  }

  /** With the OpenAPI document. */
  static final class OpenApi
      implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    @Override
    public void initialize(ConfigurableApplicationContext context) {
      apply(context, WebConfig.DEFAULT.withOpenApi(true));
    }
  }

  private static void apply(ConfigurableApplicationContext context, WebConfig config) {
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(new MapPropertySource("web", config.springProperties()));
  }
}
