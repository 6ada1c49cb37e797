package io.sallyport.watson.rest;

import io.sallyport.watson.rest.WatsonRestConfiguration.WatsonRestParts;
import io.sallyport.watson.testing.WatsonFixture;
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
  WatsonRestParts watsonRestParts(WatsonFixture watson) {
    return new WatsonRestParts(
        watson.platform,
        watson.messaging.directory(),
        watson.messaging.connectionLog(),
        watson.domain.tenantKeys,
        WatsonFixture.DOMAIN,
        watson.domain.clock);
  }
}
