package io.sallyport.platform.base;

/** What names a device across the installation: tenant, type and id. */
public record DeviceKey(TenantId tenant, TypeId type, DeviceId id) {
  public static DeviceKey of(String tenant, String type, String id) {
    return new DeviceKey(new TenantId(tenant), new TypeId(type), new DeviceId(id));
  }

  @Override
  public String toString() {
    return tenant + "/" + type + "/" + id;
  }
}
