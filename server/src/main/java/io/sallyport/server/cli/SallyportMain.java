package io.sallyport.server.cli;

import io.sallyport.platform.base.ProblemException;
import io.sallyport.server.config.ConfigurationProblem;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the program. */
@Command(
    name = "sallyport",
    description = "Self-hosted, multi-tenant, secure IoT platform.",
    mixinStandardHelpOptions = true,
    version = "Sallyport 0.1.0",
    subcommands = {
      ServeCommand.class,
      TenantCommand.class,
      TypeCommand.class,
      DeviceCommand.class,
      KeyCommand.class,
      SpaceCommand.class,
      CredentialCommand.class,
      AuditCommand.class,
      ExplainCommand.class,
      BackupCommand.class,
      RestoreCommand.class
    })
public final class SallyportMain {
  private SallyportMain() {}

  /** Exit code 0: done; 1: refused or failed, said on standard error; 2: wrong usage. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new SallyportMain());
    commandLine.setExecutionExceptionHandler((exception, line, parsed) -> {
      switch (exception) {
        case ConfigurationProblem problem -> line.getErr().println(problem.getMessage());
        case CallFailed failed -> line.getErr().println(failed.getMessage());
        case ProblemException problem -> line.getErr().println(problem.problem().text());
        default -> exception.printStackTrace(line.getErr());
      }
      return CommandLine.ExitCode.SOFTWARE;
    });
    return commandLine;
  }
}
