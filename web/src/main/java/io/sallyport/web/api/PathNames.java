package io.sallyport.web.api;

import io.sallyport.platform.base.DeviceId;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;

/** Turns names in a path into identifiers; a name of the wrong form names nothing. */
final class PathNames {
  private PathNames() {}

  static TenantId tenant(String text) {
    if (!TenantId.isValid(text)) {
      throw Problem.notFound("the tenant");
    }
    return new TenantId(text);
  }

  static TypeId type(String text) {
    if (!TypeId.isValid(text)) {
      throw Problem.notFound("the device type");
    }
    return new TypeId(text);
  }

  static DeviceKey device(String tenant, String type, String id) {
    if (!DeviceId.isValid(id)) {
      throw Problem.notFound("the device");
    }
    return new DeviceKey(tenant(tenant), type(type), new DeviceId(id));
  }
}
