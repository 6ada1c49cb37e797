package io.sallyport.server.wiring;

import io.sallyport.server.config.ServerConfig;
import io.sallyport.server.data.DataFolder;
import io.sallyport.web.WebConfig;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The list of rooms: every capability's wiring, and the framework around it. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(
    excludeName = {
      "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
      "org.springframework.boot.jooq.autoconfigure.JooqAutoConfiguration",
      "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration",
    })
@Import({
  FoundationConfiguration.class,
  KeysConfiguration.class,
  RegistryConfiguration.class,
  HistoryConfiguration.class,
  AuditConfiguration.class,
  IdentityConfiguration.class,
  DeviceConfiguration.class,
  TelemetryConfiguration.class,
  CommandConfiguration.class,
  EngineConfiguration.class,
  WatsonConfiguration.class,
  SpaceConfiguration.class,
  WebConfiguration.class,
  OperationsConfiguration.class,
  DoorsConfiguration.class
})
public class Installation {
  /** Opens stores and services and starts the inner web server; no door is open yet. */
  public static ConfigurableApplicationContext open(ServerConfig config, DataFolder data) {
    WebConfig web = WebConfig.DEFAULT.withOpenApi(config.openApi());
    return new SpringApplicationBuilder(Installation.class)
        .web(WebApplicationType.SERVLET)
        .bannerMode(Banner.Mode.OFF)
        .logStartupInfo(false)
        .registerShutdownHook(false)
        .properties(properties(config, web))
        .initializers(context -> {
          context.getBeanFactory().registerSingleton("serverConfig", config);
          context.getBeanFactory().registerSingleton("dataFolder", data);
          context.getBeanFactory().registerSingleton("webConfig", web);
        })
        .run();
  }

  private static Map<String, Object> properties(ServerConfig config, WebConfig web) {
    Map<String, Object> properties = new HashMap<>(web.springProperties());
    properties.put("server.forward-headers-strategy", "none");
    properties.put("spring.main.lazy-initialization", "false");
    properties.put("spring.jmx.enabled", "false");
    properties.put("spring.application.name", "sallyport");
    properties.put("spring.lifecycle.timeout-per-shutdown-phase", "10s");
    properties.put("logging.level.root", "warn");
    properties.put("logging.level.io.sallyport", "info");
    // A start that fails is told once, in one line where the operator can mend it, by the caller.
    properties.put("logging.level.org.springframework.boot.SpringApplication", "off");
    properties.put("logging.level.org.springframework.boot.web.server.servlet.context", "error");
    // A client that stops reading is no fault of ours, and no stack trace's worth.
    properties.put("logging.level.org.eclipse.jetty.ee11.servlet.ServletChannel", "error");
    // What strangers send is counted, not logged (THREATS T48).
    properties.put("logging.level.org.eclipse.jetty.http.HttpParser", "error");
    properties.put("logging.level.org.springframework.web.servlet.PageNotFound", "error");
    if (config.jsonLogs()) {
      properties.put("logging.structured.format.console", "ecs");
    } else {
      // Whatever a client sent is shown without control characters (THREATS T48).
      properties.put(
          "logging.pattern.console",
          "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} - "
              + "%replace(%msg){'[\\x00-\\x1f\\x7f-\\x9f]','?'}%n%ex{full}");
    }
    return properties;
  }
}
