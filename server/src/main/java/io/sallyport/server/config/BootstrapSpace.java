package io.sallyport.server.config;

import static io.sallyport.server.config.BootstrapFile.items;
import static io.sallyport.server.config.BootstrapFile.required;

import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.space.AccessRule;
import io.sallyport.platform.space.ClientIdRule;
import io.sallyport.platform.space.PlainLimits;
import io.sallyport.platform.space.PlainNames;
import io.sallyport.platform.space.PlainSpace.Acknowledge;
import io.sallyport.platform.space.PlainSpace.DeniedPublish;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** A plain space of the bootstrap file, with its credentials. */
public record BootstrapSpace(
    String name,
    Acknowledge acknowledge,
    DeniedPublish deniedPublish,
    List<BootstrapCredential> credentials) {
  /**
   * A plain credential.
   *
   * @param password empty: only a listener's identity opens it
   */
  public record BootstrapCredential(
      String user,
      Optional<Secret> password,
      Optional<ClientIdRule> clientIds,
      List<AccessRule> rules,
      PlainLimits limits) {}

  static BootstrapSpace read(YamlReader node) {
    Map<String, YamlReader> m =
        node.members(Set.of("name", "acknowledge", "onDeniedPublish", "credentials"));
    return new BootstrapSpace(
        name(required(node, m, "name")),
        Optional.ofNullable(m.get("acknowledge"))
            .map(BootstrapSpace::acknowledge)
            .orElse(Acknowledge.DURABLE),
        Optional.ofNullable(m.get("onDeniedPublish"))
            .map(BootstrapSpace::deniedPublish)
            .orElse(DeniedPublish.DROP),
        items(m, "credentials").stream().map(BootstrapSpace::credential).toList());
  }

  private static String name(YamlReader value) {
    if (!PlainNames.isName(value.text())) {
      throw value.problem(
          "must be 1 to 64 characters of A-Z a-z 0-9 _ . @ -, the first a letter, digit or _");
    }
    return value.text();
  }

  private static Acknowledge acknowledge(YamlReader value) {
    return switch (value.text()) {
      case "durable" -> Acknowledge.DURABLE;
      case "received" -> Acknowledge.RECEIVED;
      default -> throw value.problem("must be durable or received");
    };
  }

  private static DeniedPublish deniedPublish(YamlReader value) {
    return switch (value.text()) {
      case "drop" -> DeniedPublish.DROP;
      case "close" -> DeniedPublish.CLOSE;
      default -> throw value.problem("must be drop or close");
    };
  }

  private static BootstrapCredential credential(YamlReader node) {
    Map<String, YamlReader> m =
        node.members(Set.of("user", "password", "clientIds", "rules", "limits"));
    return new BootstrapCredential(
        name(required(node, m, "user")),
        Optional.ofNullable(m.get("password")).map(YamlReader::text).map(Secret::of),
        Optional.ofNullable(m.get("clientIds"))
            .map(value ->
                parsed(value, ClientIdRule::parse, "must be any, prefix:TEXT or exact:TEXT")),
        items(m, "rules").stream()
            .map(value ->
                parsed(
                    value, AccessRule::parse, "must be allow|deny publish|subscribe|both FILTER"))
            .toList(),
        Optional.ofNullable(m.get("limits"))
            .map(BootstrapSpace::limits)
            .orElse(PlainLimits.DEFAULT));
  }

  private static <T> T parsed(YamlReader value, Function<String, T> form, String problem) {
    try {
      return form.apply(value.text());
    } catch (ProblemException e) {
      throw value.problem(problem + " (" + e.problem().text() + ")");
    }
  }

  private static PlainLimits limits(YamlReader node) {
    Map<String, YamlReader> m =
        node.members(Set.of("connections", "sessions", "retainedMessages", "retainedBytes"));
    PlainLimits d = PlainLimits.DEFAULT;
    return new PlainLimits(
        count(m, "connections", 1, d.connectionsMax()),
        count(m, "sessions", 1, d.sessionsMax()),
        count(m, "retainedMessages", 0, d.retainedMessagesMax()),
        Optional.ofNullable(m.get("retainedBytes"))
            .map(YamlReader::bytes)
            .orElse(d.retainedBytesMax()));
  }

  private static int count(Map<String, YamlReader> members, String name, int min, int otherwise) {
    return Optional.ofNullable(members.get(name))
        .map(value -> value.integer(min, Integer.MAX_VALUE))
        .orElse(otherwise);
  }
}
