package io.sallyport.simulator;

import io.sallyport.simulator.demo.DemoCommand;
import io.sallyport.simulator.fleet.SimulateCommand;
import io.sallyport.simulator.load.BenchCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The client program: {@code simulate}, {@code demo} and {@code bench}. */
@Command(
    name = "sallyport",
    description = "Device fleets, the demo and the load generator.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(simulate | demo | bench)",
    subcommands = {SimulateCommand.class, DemoCommand.class, BenchCommand.class})
public final class SimulatorMain {
  private SimulatorMain() {}

  /** Runs the command and ends the process with its exit code: 0 good, 1 bad, 2 wrong usage. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new SimulatorMain()).execute(arguments));
  }
}
