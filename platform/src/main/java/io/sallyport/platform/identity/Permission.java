package io.sallyport.platform.identity;

/** What a principal may do, written {@code <resource>:<verb>}. */
public enum Permission {
  TENANT_READ("tenant:read"),
  TENANT_MANAGE("tenant:manage"),
  DEVICE_READ("device:read"),
  DEVICE_MANAGE("device:manage"),
  DEVICE_CREDENTIAL("device:credential"),
  EVENT_READ("event:read"),
  EVENT_PUBLISH("event:publish"),
  COMMAND_READ("command:read"),
  COMMAND_SEND("command:send"),
  CONNECTION_READ("connection:read"),
  API_KEY_READ("api-key:read"),
  API_KEY_MANAGE("api-key:manage"),
  AUDIT_READ("audit:read"),
  METRICS_READ("metrics:read"),
  SPACE_READ("space:read"),
  SPACE_MANAGE("space:manage"),
  FIRMWARE_INSTALL("firmware:install"),
  REMOTE_ACCESS("remote:access"),
  SHELL_RUN("shell:run");

  private final String text;

  Permission(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
