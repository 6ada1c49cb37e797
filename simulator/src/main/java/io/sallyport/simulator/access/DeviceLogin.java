package io.sallyport.simulator.access;

/**
 * A device's name and token (Watson contract section 3).
 *
 * @param type the device type's id
 * @param id the device's id within its type
 */
public record DeviceLogin(String type, String id, Secret token) {
  /** The user name of every device that logs in with a token. */
  public static final String USER_NAME = "use-token-auth";

  public DeviceLogin {
    requireName(type);
    requireName(id);
  }

  /** The client id in this organization. */
  public String clientId(String organization) {
    return "d:" + organization + ":" + type + ":" + id;
  }

  private static void requireName(String name) {
    if (!name.matches("[A-Za-z0-9_.-]{1,36}")) {
      throw new IllegalArgumentException("not a type or device id: " + name);
    }
  }
}
