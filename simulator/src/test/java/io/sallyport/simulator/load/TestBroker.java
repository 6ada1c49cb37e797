package io.sallyport.simulator.load;

import io.sallyport.simulator.access.Endpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** A mosquitto for tests, where it is installed; tests without it are skipped. */
public final class TestBroker implements AutoCloseable {
  private final Path program;
  private Mosquitto broker;

  private TestBroker(Path program, Mosquitto broker) {
    this.program = program;
    this.broker = broker;
  }

  public static TestBroker startOrSkip() throws IOException, InterruptedException {
    Optional<Path> program = Mosquitto.program();
    Assumptions.assumeTrue(program.isPresent(), "mosquitto is not installed");
    return new TestBroker(program.orElseThrow(), Mosquitto.start(program.orElseThrow()));
  }

  /** Stops the broker and starts another on the same port. */
  public void restart() throws IOException, InterruptedException {
    int port = broker.endpoint().port();
    broker.close();
    broker = Mosquitto.start(program, port);
  }

  public Endpoint endpoint() {
    return broker.endpoint();
  }

  LoadTarget target() {
    return broker.target();
  }

  @Override
  public void close() throws IOException {
    broker.close();
  }
}
