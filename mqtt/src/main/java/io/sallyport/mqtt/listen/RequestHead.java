package io.sallyport.mqtt.listen;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The head of an HTTP/1.1 request, read strictly (RFC 9112): each line ends with CR LF, no line is
 * folded, names are tokens that touch their colon, values hold no control characters. What is not
 * so has no head here, and goes to the container as it came.
 *
 * @param target the request target as it was sent
 * @param fields in order, names in lower case
 */
record RequestHead(String target, List<Field> fields) {
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
  private static final String METHOD = "GET ";
  private static final String VERSION = " HTTP/1.1";
  private static final int FIELDS_MAX = 100;

  /** A header field. */
  record Field(String name, String value) {}

  RequestHead {
    fields = List.copyOf(fields);
  }

  /**
   * Reads a whole head of a GET.
   *
   * @param bytes from the method to the empty line, that one included
   */
  static Optional<RequestHead> of(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (!text.endsWith("\r\n\r\n")) {
      return Optional.empty();
    }
    String[] lines = text.substring(0, text.length() - 4).split("\r\n", -1);
    String request = lines[0];
    if (!request.startsWith(METHOD)
        || !request.endsWith(VERSION)
        || request.length() <= METHOD.length() + VERSION.length()
        || lines.length - 1 > FIELDS_MAX) {
      return Optional.empty();
    }
    String target = request.substring(METHOD.length(), request.length() - VERSION.length());
    if (!target.chars().allMatch(c -> c > 0x20 && c < 0x7F)) {
      return Optional.empty();
    }
    List<Field> fields = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      Optional<Field> field = field(lines[i]);
      if (field.isEmpty()) {
        return Optional.empty();
      }
      fields.add(field.get());
    }
    return Optional.of(new RequestHead(target, fields));
  }

  private static Optional<Field> field(String line) {
    int colon = line.indexOf(':');
    if (colon < 1 || !isToken(line.substring(0, colon))) {
      return Optional.empty(); // A folded line begins with a blank, which no token has.
    }
    String value = line.substring(colon + 1);
    if (value.chars().anyMatch(c -> (c < 0x20 && c != '\t') || c == 0x7F)) {
      return Optional.empty();
    }
    return Optional.of(new Field(lower(line.substring(0, colon)), strip(value)));
  }

  private static boolean isToken(String name) {
    return name.chars()
        .allMatch(c ->
            (c >= '0' && c <= '9')
                || (c >= 'A' && c <= 'Z')
                || (c >= 'a' && c <= 'z')
                || TOKEN_MARKS.indexOf(c) >= 0);
  }

  /** Blanks and tabs only: RFC 9110 §5.6.3. */
  private static String strip(String value) {
    int from = 0;
    int to = value.length();
    while (from < to && isBlank(value.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(value.charAt(to - 1))) {
      to--;
    }
    return value.substring(from, to);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  boolean has(String name) {
    return fields.stream().anyMatch(field -> field.name().equals(name));
  }

  /** The value of a field that is there exactly once. */
  Optional<String> only(String name) {
    List<String> values =
        fields.stream().filter(field -> field.name().equals(name)).map(Field::value).toList();
    return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
  }

  /** The members of a list field, which may come in several lines (RFC 9110 §5.3). */
  List<String> list(String name) {
    List<String> members = new ArrayList<>();
    for (Field field : fields) {
      if (field.name().equals(name)) {
        for (String member : field.value().split(",", -1)) {
          String text = strip(member);
          if (!text.isEmpty()) {
            members.add(text);
          }
        }
      }
    }
    return members;
  }

  /** Whether a list field names this, in whatever case. */
  boolean names(String name, String member) {
    return list(name).stream().anyMatch(member::equalsIgnoreCase);
  }
}
