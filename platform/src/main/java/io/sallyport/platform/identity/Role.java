package io.sallyport.platform.identity;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The built-in roles: named sets of permissions. The {@code PD_*} names and their rows are those of
 * the Watson contract section 5.4; THREATS T35 keeps firmware, remote access and shell out of all
 * but the administrator.
 */
public enum Role {
  ADMINISTRATOR("administrator", EnumSet.allOf(Permission.class)),
  WRITER(
      "writer",
      EnumSet.of(
          Permission.DEVICE_READ,
          Permission.EVENT_READ,
          Permission.COMMAND_READ,
          Permission.COMMAND_SEND,
          Permission.CONNECTION_READ)),
  READER("reader", EnumSet.of(Permission.DEVICE_READ, Permission.EVENT_READ)),
  STANDARD_APPLICATION(
      "PD_STANDARD_APP",
      EnumSet.of(
          Permission.TENANT_READ,
          Permission.DEVICE_READ,
          Permission.DEVICE_MANAGE,
          Permission.DEVICE_CREDENTIAL,
          Permission.EVENT_READ,
          Permission.EVENT_PUBLISH,
          Permission.COMMAND_READ,
          Permission.COMMAND_SEND,
          Permission.CONNECTION_READ,
          Permission.API_KEY_READ)),
  OPERATIONS_APPLICATION(
      "PD_OPERATOR_APP",
      EnumSet.of(
          Permission.TENANT_READ,
          Permission.DEVICE_READ,
          Permission.DEVICE_MANAGE,
          Permission.DEVICE_CREDENTIAL,
          Permission.EVENT_READ,
          Permission.COMMAND_SEND,
          Permission.CONNECTION_READ,
          Permission.API_KEY_READ,
          Permission.API_KEY_MANAGE)),
  ADMIN_APPLICATION("PD_ADMIN_APP", OPERATIONS_APPLICATION.permissions),
  BACKEND_TRUSTED(
      "PD_BACKEND_TRUSTED_APP",
      EnumSet.of(
          Permission.TENANT_READ,
          Permission.DEVICE_READ,
          Permission.DEVICE_MANAGE,
          Permission.DEVICE_CREDENTIAL,
          Permission.EVENT_READ,
          Permission.EVENT_PUBLISH,
          Permission.COMMAND_READ,
          Permission.COMMAND_SEND,
          Permission.CONNECTION_READ)),
  DATA_PROCESSOR(
      "PD_DATA_PROCESSOR_APP",
      EnumSet.of(
          Permission.TENANT_READ,
          Permission.DEVICE_READ,
          Permission.EVENT_READ,
          Permission.COMMAND_SEND)),
  VISUALIZATION(
      "PD_VISUALIZATION_APP",
      EnumSet.of(Permission.TENANT_READ, Permission.DEVICE_READ, Permission.EVENT_READ)),
  DEVICE_APPLICATION(
      "PD_DEVICE_APP",
      EnumSet.of(Permission.EVENT_PUBLISH, Permission.EVENT_READ, Permission.COMMAND_READ));

  private final String id;

  @SuppressWarnings("ImmutableEnumChecker") // Set.copyOf makes it immutable
  private final Set<Permission> permissions;

  Role(String id, Set<Permission> permissions) {
    this.id = id;
    this.permissions = Set.copyOf(permissions);
  }

  public String id() {
    return id;
  }

  public Set<Permission> permissions() {
    return permissions;
  }

  public static Optional<Role> find(String id) {
    return Arrays.stream(values()).filter(role -> role.id.equals(id)).findFirst();
  }
}
