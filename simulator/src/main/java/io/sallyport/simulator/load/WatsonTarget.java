package io.sallyport.simulator.load;

import io.sallyport.simulator.access.ApplicationLogin;
import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.access.Endpoint;
import io.sallyport.simulator.figures.ProcessProbe;
import java.util.List;
import java.util.Optional;

/** Sallyport by the Watson contract: publishers are devices, subscribers are applications. */
record WatsonTarget(
    String name,
    Endpoint endpoint,
    Optional<ProcessProbe> probe,
    ApplicationLogin application,
    List<DeviceLogin> devices)
    implements LoadTarget {
  private static final String EVENT = "load";

  WatsonTarget {
    devices = List.copyOf(devices);
  }

  @Override
  public int publishersMax() {
    return devices.size();
  }

  @Override
  public LoadLogin publisher(int number) {
    DeviceLogin device = devices.get(number);
    return new LoadLogin(
        device.clientId(application.organization()), DeviceLogin.USER_NAME, device.token());
  }

  @Override
  public LoadLogin subscriber(int number) {
    return new LoadLogin(
        application.clientId("bench-" + number), application.key(), application.token());
  }

  @Override
  public String topic(int publisher) {
    return "iot-2/evt/" + EVENT + "/fmt/json";
  }

  @Override
  public String filter(int publisher) {
    DeviceLogin device = devices.get(publisher);
    return "iot-2/type/" + device.type() + "/id/" + device.id() + "/evt/" + EVENT + "/fmt/json";
  }

  @Override
  public String commandTopic(int publisher) {
    DeviceLogin device = devices.get(publisher);
    return "iot-2/type/" + device.type() + "/id/" + device.id() + "/cmd/" + EVENT + "/fmt/json";
  }

  @Override
  public String commandFilter(int publisher) {
    return "iot-2/cmd/" + EVENT + "/fmt/json";
  }

  @Override
  public String filterOfAll() {
    return "iot-2/type/+/id/+/evt/" + EVENT + "/fmt/json";
  }
}
