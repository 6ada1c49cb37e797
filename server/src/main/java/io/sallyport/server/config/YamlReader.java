package io.sallyport.server.config;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One value of a YAML file with its place, read strictly: wrong types, unknown keys and doubled
 * keys are {@link ConfigurationProblem}s that name file and line. Values are never part of a
 * message, since any of them may be a secret.
 */
public final class YamlReader {
  private final String file;
  private final String path;
  private final Node node;

  private YamlReader(String file, String path, Node node) {
    this.file = file;
    this.path = path;
    this.node = node;
  }

  /** Reads the file; empty when it holds no document. */
  public static Optional<YamlReader> of(Path file) {
    refuseForeignWriters(file);
    try (Reader reader = Files.newBufferedReader(file)) {
      return of(file.toString(), reader);
    } catch (IOException e) {
      throw new ConfigurationProblem("can't read " + file + ": " + e.getMessage(), e);
    }
  }

  /** THREATS T07: who may write this file may take the platform over. */
  private static void refuseForeignWriters(Path file) {
    try {
      Set<PosixFilePermission> modes = Files.getPosixFilePermissions(file);
      if (modes.contains(PosixFilePermission.GROUP_WRITE)
          || modes.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new ConfigurationProblem(
            file + " may be written by other users of this host; run: chmod go-w '" + file + "'");
      }
    } catch (IOException e) {
      throw new ConfigurationProblem("can't read " + file + ": " + e, e);
    }
  }

  static Optional<YamlReader> of(String file, String text) {
    return of(file, new StringReader(text));
  }

  private static Optional<YamlReader> of(String file, Reader reader) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(0);
    try {
      Node root = new Yaml(new SafeConstructor(options)).compose(reader);
      return root == null || isNull(root)
          ? Optional.empty()
          : Optional.of(new YamlReader(file, "", root));
    } catch (YAMLException e) {
      String first = e.getMessage() == null ? "" : e.getMessage().lines().findFirst().orElse("");
      throw new ConfigurationProblem(file + ": not valid YAML: " + first, e);
    }
  }

  /** The members of a mapping; keys other than {@code allowed} are refused. */
  public Map<String, YamlReader> members(Set<String> allowed) {
    if (!(node instanceof MappingNode mapping)) {
      throw problem("must be a mapping of keys");
    }
    Map<String, YamlReader> members = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw problem("has a key that is not a plain word");
      }
      String name = key.getValue();
      YamlReader member =
          new YamlReader(file, path.isEmpty() ? name : path + "." + name, tuple.getValueNode());
      if (!allowed.contains(name)) {
        throw new ConfigurationProblem(
            file
                + ":"
                + (key.getStartMark().getLine() + 1)
                + ": unknown key '"
                + member.path
                + "'"
                + suggestion(name, allowed));
      }
      if (members.put(name, member) != null) {
        throw member.problem("is given twice");
      }
    }
    members.values().removeIf(member -> isNull(member.node));
    return members;
  }

  /** The members of a mapping whose keys have been checked before. */
  Map<String, YamlReader> scalars() {
    if (!(node instanceof MappingNode mapping)) {
      throw problem("must be a mapping of keys");
    }
    Map<String, YamlReader> members = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        members.put(
            key.getValue(),
            new YamlReader(file, path + "." + key.getValue(), tuple.getValueNode()));
      }
    }
    return members;
  }

  public List<YamlReader> items() {
    if (!(node instanceof SequenceNode sequence)) {
      throw problem("must be a list");
    }
    List<YamlReader> items = new ArrayList<>();
    for (Node item : sequence.getValue()) {
      items.add(new YamlReader(file, path + "[" + items.size() + "]", item));
    }
    return items;
  }

  public String text() {
    if (!(node instanceof ScalarNode scalar) || isNull(node)) {
      throw problem("must be a text");
    }
    return scalar.getValue();
  }

  public boolean bool() {
    return switch (text()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw problem("must be true or false");
    };
  }

  public int integer(int min, int max) {
    try {
      int value = Integer.parseInt(text());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw problem("must be a whole number from " + min + " to " + max);
    }
    throw problem("must be a whole number from " + min + " to " + max);
  }

  /** A time with its unit: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 48h}, {@code 7d}. */
  public Duration duration() {
    return Units.duration(text()).orElseThrow(() -> problem("must be a time such as 30s or 7d"));
  }

  /**
   * A size with its unit: {@code 64KiB}, {@code 10MiB}, {@code 5GiB}, or plain bytes {@code 100B}.
   */
  public long bytes() {
    return Units.bytes(text()).orElseThrow(() -> problem("must be a size such as 64KiB or 5GiB"));
  }

  public ConfigurationProblem problem(String text) {
    return new ConfigurationProblem(
        file
            + ":"
            + (node.getStartMark().getLine() + 1)
            + ": "
            + (path.isEmpty() ? "the document" : "'" + path + "'")
            + " "
            + text);
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static String suggestion(String name, Set<String> allowed) {
    @Nullable String nearest = null;
    int best = 3;
    for (String candidate : new TreeSet<>(allowed)) {
      int distance = distance(name, candidate);
      if (distance < best) {
        best = distance;
        nearest = candidate;
      }
    }
    return nearest == null
        ? "; known here: " + String.join(", ", new TreeSet<>(allowed))
        : "; did you mean '" + nearest + "'?";
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + change);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
