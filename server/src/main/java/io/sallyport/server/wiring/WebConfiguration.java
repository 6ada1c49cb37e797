package io.sallyport.server.wiring;

import io.sallyport.web.api.NativeApiConfiguration;
import io.sallyport.web.login.DoorConfiguration;
import io.sallyport.web.openapi.OpenApiConfiguration;
import io.sallyport.web.operation.OperationConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Everything HTTP that no contract owns. */
@Configuration(proxyBeanMethods = false)
@Import({
  DoorConfiguration.class,
  NativeApiConfiguration.class,
  OperationConfiguration.class,
  OpenApiConfiguration.class
})
class WebConfiguration {}
