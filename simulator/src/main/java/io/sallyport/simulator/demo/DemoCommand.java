package io.sallyport.simulator.demo;

import io.sallyport.simulator.figures.LiveLine;
import io.sallyport.simulator.site.Ports;
import io.sallyport.simulator.site.Repository;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sallyport demo}: the main job on a throw-away data folder, with live figures. */
@Command(
    name = "demo",
    description =
        "Starts the platform on a throw-away data folder, runs a fleet over TLS, applications by MQTT"
            + " and REST, commands and the guard; ends with a verdict.",
    mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
  private static final Duration STOP_MAX = Duration.ofSeconds(40);

  @Option(names = "--seconds", description = "Ends by itself, with a summary and a verdict.")
  private @Nullable Integer seconds;

  @Option(names = "--devices", defaultValue = "200", description = "Default: ${DEFAULT-VALUE}.")
  private int devices = 200;

  @Option(
      names = "--rate",
      defaultValue = "400",
      description = "Messages per second of the fleet. Default: ${DEFAULT-VALUE}.")
  private double rate = 400;

  @Option(
      names = "--port-offset",
      paramLabel = "N",
      description = "Shifts all ports. Default: 0, or another one when those ports are taken.")
  private @Nullable Integer portOffset;

  @Override
  public Integer call() throws IOException, InterruptedException {
    SecureRandom random = new SecureRandom();
    DemoPlan plan =
        new DemoPlan(
            seconds == null ? null : Duration.ofSeconds(seconds),
            devices,
            rate,
            portOffset == null ? Ports.freeOffset(random) : portOffset);
    Demo demo =
        new Demo(
            plan,
            Repository.program(System.getenv()),
            LiveLine.ofStandardOutput(),
            random,
            Clock.systemUTC());
    Thread runner = Thread.currentThread();
    CountDownLatch finished = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(demo, runner, finished), "stop"));
    try {
      return demo.run();
    } catch (InterruptedException e) {
      System.out.println("stopped before its end: no verdict");
      return 1;
    } finally {
      finished.countDown();
    }
  }

  /**
   * On Ctrl-C the run ends by itself, with the server stopped and the folder removed; the JVM waits
   * for that. After a normal end there is nothing to wait for.
   */
  private static void stop(Demo demo, Thread runner, CountDownLatch finished) {
    if (finished.getCount() == 0) {
      return;
    }
    demo.stop();
    runner.interrupt();
    try {
      if (!finished.await(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("the demo did not end in " + STOP_MAX.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
