package io.sallyport.watson.rest;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sallyport.platform.telemetry.BodyBudget;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.watson.rest.WatsonRestConfiguration.WatsonRestParts;
import io.sallyport.watson.testing.WatsonFixture;
import java.time.Duration;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** The REST side as the server imports it, over the domain in memory. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(WatsonRestConfiguration.class)
class RestTestApplication {
  @Bean(destroyMethod = "close")
  WatsonFixture watson() {
    return new WatsonFixture();
  }

  @Bean
  ReadBudget readBudget() {
    ReadBudget.Limits limits = ReadBudget.Limits.DEFAULT;
    return new ReadBudget(
        new ReadBudget.Limits(limits.bytesMax(), limits.tenantBytesMax(), Duration.ofMillis(1)),
        new SimpleMeterRegistry());
  }

  @Bean
  BodyBudget bodyBudget() {
    return new BodyBudget(BodyBudget.Limits.DEFAULT, new SimpleMeterRegistry());
  }

  @Bean
  WatsonRestParts watsonRestParts(
      WatsonFixture watson, ReadBudget readBudget, BodyBudget bodyBudget) {
    return new WatsonRestParts(
        watson.platform,
        readBudget,
        bodyBudget,
        watson.messaging.directory(),
        watson.messaging.connectionLog(),
        watson.domain.tenantKeys,
        WatsonFixture.DOMAIN,
        watson.domain.clock);
  }
}
