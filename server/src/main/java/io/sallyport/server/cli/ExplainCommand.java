package io.sallyport.server.cli;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Why was that refused, and what to do. */
@Command(
    name = "explain",
    description = "Explains a refusal by the id that the client, log or audit record shows.",
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
  @Spec @Nullable CommandSpec spec;
  @Mixin Connection connection = new Connection();

  @Option(
      names = "--tenant",
      paramLabel = "ID",
      description = "With --data: the tenant that owns the refused resource.")
  @Nullable String tenant;

  @Parameters(paramLabel = "REFUSAL")
  String refusal = "";

  @Override
  public Integer call() {
    PrintWriter out = Output.of(spec);
    try (Api api = connection.open(Optional.ofNullable(tenant))) {
      JsonNode explanation = api.get("/api/v1/refusals/" + Api.segment(refusal));
      out.println("what   " + explanation.path("text").asString(""));
      out.println("rule   " + explanation.path("rule").asString(""));
      out.println("who    " + explanation.path("actor").asString(""));
      out.println("when   " + explanation.path("time").asString(""));
      out.println("times  " + explanation.path("count").asString("1"));
      out.println("fix    " + explanation.path("fix").asString(""));
      out.flush();
    }
    return 0;
  }
}
