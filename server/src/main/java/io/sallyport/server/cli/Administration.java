package io.sallyport.server.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import tools.jackson.databind.JsonNode;

/** What administration commands have in common: one call of the API, its answer printed. */
final class Administration {
  private final @Nullable CommandSpec spec;
  private final Connection connection;
  private final Optional<String> tenant;

  private Administration(
      @Nullable CommandSpec spec, Connection connection, Optional<String> tenant) {
    this.spec = spec;
    this.connection = connection;
    this.tenant = tenant;
  }

  /** Of the installation. */
  static Administration of(@Nullable CommandSpec spec, Connection connection) {
    return new Administration(spec, connection, Optional.empty());
  }

  /** Of one tenant. */
  static Administration of(@Nullable CommandSpec spec, Connection connection, String tenant) {
    return new Administration(spec, connection, Optional.of(tenant));
  }

  /** A column of a list: its head, and what of an item stands in it. */
  record Column(String head, Function<JsonNode, String> value) {
    /** The text of the member. */
    static Column text(String head, String member) {
      return new Column(head, item -> item.path(member).asString(""));
    }

    /** Whether the member is true, as it is when it is missing. */
    static Column flag(String head, String member) {
      return new Column(head, item -> String.valueOf(item.path(member).asBoolean(true)));
    }
  }

  /** Prints all items of a paged list as a table. */
  int list(String path, Column... columns) {
    List<Column> all = List.of(columns);
    Table table = new Table(all.stream().map(Column::head).toArray(String[]::new));
    try (Api api = connection.open(tenant)) {
      api.list(
          path,
          item ->
              table.row(
                  all.stream().map(column -> column.value().apply(item)).toArray(String[]::new)));
      table.print(Output.of(spec));
    }
    return 0;
  }

  /** Prints the answer of a call. */
  int show(Function<Api, JsonNode> call) {
    try (Api api = connection.open(tenant)) {
      say(api.pretty(call.apply(api)));
    }
    return 0;
  }

  /**
   * @param name how the command calls what it deletes
   */
  int delete(String path, String name) {
    try (Api api = connection.open(tenant)) {
      api.delete(path);
      say("deleted " + name);
    }
    return 0;
  }

  private void say(String text) {
    PrintWriter out = Output.of(spec);
    out.println(text);
    out.flush();
  }
}
