package io.sallyport.mqtt;

/** A name and value that the publisher chose, MQTT 5 §3.3.2.3.7; either may be empty. */
public record UserProperty(String name, String value) {
  /** The value is the client's own affair and stays out of logs. */
  @Override
  public String toString() {
    return "UserProperty[" + name.length() + " + " + value.length() + " characters]";
  }
}
