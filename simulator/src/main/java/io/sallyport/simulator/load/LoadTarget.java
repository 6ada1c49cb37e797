package io.sallyport.simulator.load;

import io.sallyport.simulator.access.Endpoint;
import io.sallyport.simulator.figures.ProcessProbe;
import java.util.Optional;

/** A server under load: where it is, and how its contract names clients and topics. */
interface LoadTarget {
  /** Its name in tables, e.g. {@code sallyport tls}. */
  String name();

  Endpoint endpoint();

  /** The server's process, when it runs on this machine and is known. */
  Optional<ProcessProbe> probe();

  /** How many publishers there may be. */
  int publishersMax();

  LoadLogin publisher(int number);

  LoadLogin subscriber(int number);

  /** The topic that this publisher publishes on. */
  String topic(int publisher);

  /** A filter that matches what this publisher publishes and nothing else. */
  String filter(int publisher);

  /** A filter that matches what all publishers publish. */
  String filterOfAll();

  /** The topic on which a subscriber sends something to this publisher. */
  String commandTopic(int publisher);

  /** The filter by which this publisher receives it. */
  String commandFilter(int publisher);
}
