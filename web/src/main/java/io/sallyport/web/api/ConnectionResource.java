package io.sallyport.web.api;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whether a device is there. */
@RestController
@RequestMapping(NativeApiConfiguration.PATH + "/tenants/{tenant}/devices/{type}/{id}/connection")
@Tag(name = "devices")
final class ConnectionResource {
  private final ReadableDevice devices;
  private final LiveConnections connections;

  ConnectionResource(ReadableDevice devices, LiveConnections connections) {
    this.devices = devices;
    this.connections = connections;
  }

  @GetMapping
  @Operation(summary = "Whether the device is connected now, since when and from where")
  DeviceJson.Connection get(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String type,
      @PathVariable String id) {
    DeviceKey key = PathNames.device(tenant, type, id);
    devices.require(actor, Permission.CONNECTION_READ, key);
    return connections
        .connection(key)
        .map(DeviceJson.Connection::of)
        .orElse(DeviceJson.Connection.OFFLINE);
  }
}
