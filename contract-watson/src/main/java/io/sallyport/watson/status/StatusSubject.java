package io.sallyport.watson.status;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.watson.topic.ScopeTopic;

/** Whose connection a status message is about. */
public sealed interface StatusSubject {
  String clientId();

  int tenantNumber();

  /** Where its status messages go. */
  String topic();

  /** A device or gateway. */
  record OfDevice(DeviceKey key, String clientId, int tenantNumber) implements StatusSubject {
    @Override
    public String topic() {
      return ScopeTopic.deviceStatus(key);
    }
  }

  /**
   * An application.
   *
   * @param apiKey the key it logged in with
   */
  record OfApplication(String appId, String apiKey, String clientId, int tenantNumber)
      implements StatusSubject {
    @Override
    public String topic() {
      return ScopeTopic.applicationStatus(appId);
    }
  }
}
