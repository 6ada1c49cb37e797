package io.sallyport.server;

import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.Secret;
import io.sallyport.server.config.BootstrapFile;
import io.sallyport.server.config.ConfigurationProblem;
import io.sallyport.server.config.ServerConfig;
import io.sallyport.server.data.Backup;
import io.sallyport.server.data.DataFolder;
import io.sallyport.server.wiring.FirstStart;
import io.sallyport.server.wiring.Installation;
import io.sallyport.server.wiring.LocalAccess;
import io.sallyport.server.wiring.OpenDoors;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/** The running platform. Started once, closed once; closing drains. */
public final class SallyportServer implements AutoCloseable {
  private final ConfigurableApplicationContext context;

  private SallyportServer(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /**
   * Starts everything; on return all listeners accept and the bootstrap file is applied.
   *
   * @param out takes the warnings and first secrets that a person at the terminal shall see
   * @throws ConfigurationProblem if something that the operator can mend stands in the way
   */
  public static SallyportServer start(
      ServerConfig config, DataFolder data, Optional<BootstrapFile> bootstrap, PrintWriter out) {
    @Nullable ConfigurableApplicationContext context = null;
    try {
      context = Installation.open(config, data);
      FirstStart first = context.getBean(FirstStart.class);
      first.settleRestore();
      first.makeOperator(out);
      bootstrap.ifPresent(file -> first.apply(file, out));
      context.getBean(OpenDoors.class).open();
      return new SallyportServer(context);
    } catch (RuntimeException e) {
      if (context != null) {
        context.close();
      }
      throw explained(e);
    }
  }

  /** Where it listens, for the ready line. */
  public List<String> addresses() {
    return context.getBean(OpenDoors.class).addresses();
  }

  /**
   * The actual port of a listener: {@code mqtts}, {@code https}, {@code mqtt} or {@code http}.
   *
   * @throws IllegalArgumentException if it is off
   */
  public int port(String listener) {
    return context.getBean(OpenDoors.class).port(listener);
  }

  /** Writes a backup while running. */
  public void backup(Path target, Secret passphrase) {
    context.getBean(Backup.class).write(target, passphrase);
  }

  /** Makes a credential that lives until it is closed, for administration on the same host. */
  public LocalAccess localAccess(Optional<String> tenant) {
    return context.getBean(FirstStart.class).localAccess(tenant);
  }

  @Override
  public void close() {
    context.close();
  }

  /** What an operator can mend comes out as itself, without the wrapping of the wiring. */
  private static RuntimeException explained(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConfigurationProblem problem) {
        return problem;
      }
      if (cause instanceof ProblemException problem) {
        return new ConfigurationProblem(problem.problem().text(), failure);
      }
      if (cause instanceof io.sallyport.mqtt.listen.ListenException listen) {
        return new ConfigurationProblem(String.valueOf(listen.getMessage()), failure);
      }
    }
    return failure;
  }
}
