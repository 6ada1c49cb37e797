package io.sallyport.simulator.load;

import io.sallyport.simulator.access.Endpoint;
import io.sallyport.simulator.figures.ProcessProbe;
import java.util.Optional;

/**
 * A server that asks for no login and lets everybody use every topic: another broker, or a plain
 * space's listener with an identity.
 *
 * @param root first level of all topics and first part of all client ids
 */
record OpenTarget(String name, Endpoint endpoint, Optional<ProcessProbe> probe, String root)
    implements LoadTarget {
  private static final int PUBLISHERS_MAX = 10_000;

  @Override
  public int publishersMax() {
    return PUBLISHERS_MAX;
  }

  @Override
  public LoadLogin publisher(int number) {
    return new LoadLogin(root + "-publisher-" + number, null, null);
  }

  @Override
  public LoadLogin subscriber(int number) {
    return new LoadLogin(root + "-subscriber-" + number, null, null);
  }

  @Override
  public String topic(int publisher) {
    return root + "/" + publisher + "/load";
  }

  @Override
  public String filter(int publisher) {
    return topic(publisher);
  }

  @Override
  public String filterOfAll() {
    return root + "/+/load";
  }

  @Override
  public String commandTopic(int publisher) {
    return root + "/" + publisher + "/command";
  }

  @Override
  public String commandFilter(int publisher) {
    return commandTopic(publisher);
  }
}
