package io.sallyport.platform.space;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.telemetry.Event;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * Carries messages between a plain space and the events of one named device, with the current
 * rights of whoever made it (THREATS T37).
 *
 * @param number internal number, never reused
 * @param plan what it carries where
 * @param author the API key whose rights it runs with
 * @param stopped why it does not run; it goes on only when somebody with the rights says so
 * @param version raised at every change
 */
public record Bridge(
    TenantId tenant,
    long number,
    String space,
    long spaceNumber,
    Plan plan,
    String author,
    Optional<String> stopped,
    Instant created,
    long version) {
  /** The most bridges a message passes, so that a loop ends. */
  public static final int HOPS_MAX = 8;

  static final String EVENT_NAME = "%e";
  static final String EVENT_FORMAT = "%f";

  /** Which way a bridge carries. */
  public enum Direction {
    /** Messages of the space's topics become events of the device. */
    TO_EVENT,
    /** Events of the device become messages of the space. */
    FROM_EVENT
  }

  /**
   * What a bridge carries where.
   *
   * @param topic to an event: a filter of the space's topics; from an event: the topic to publish
   *     to, in which {@code %e} and {@code %f} stand, as whole levels, for the event's name and
   *     format
   * @param event to an event: its name; from an event: the name to carry, or {@code +} for all
   * @param format to an event: its format; from an event: the format to carry, or {@code +} for all
   */
  public record Plan(
      String name,
      Direction direction,
      String topic,
      DeviceKey device,
      String event,
      String format) {
    public Plan {
      if (!PlainNames.isName(name)) {
        throw Problem.invalid("a bridge's " + PlainNames.FORM);
      }
      if (topic.startsWith("$")) {
        throw Problem.invalid("topics that begin with $ are not bridged");
      }
      TopicPattern pattern = TopicPattern.of(topic);
      switch (direction) {
        case TO_EVENT -> {
          requireLevel(event, "event");
          requireLevel(format, "format");
        }
        case FROM_EVENT -> {
          if (topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0) {
            throw Problem.invalid("a bridge from an event publishes to a topic without wildcards");
          }
          if (pattern.levels().getFirst().equals(EVENT_NAME)
              || pattern.levels().getFirst().equals(EVENT_FORMAT)) {
            // The device chooses both: a name that begins with $ would be a system topic.
            throw Problem.invalid("%e and %f are not the first level of a topic");
          }
          requireLevelOrAll(event, "event");
          requireLevelOrAll(format, "format");
        }
      }
    }

    private static void requireLevelOrAll(String text, String member) {
      if (!text.equals("+")) {
        requireLevel(text, member);
      }
    }

    private static void requireLevel(String text, String member) {
      if (text.isEmpty()
          || text.getBytes(StandardCharsets.UTF_8).length > Event.NAME_BYTES_MAX
          || text.chars().anyMatch(c -> c == '/' || c == '+' || c == '#')
          || text.chars().anyMatch(Character::isISOControl)) {
        throw Problem.invalid(
            "a bridge's " + member + " is one level of a topic, without control characters");
      }
    }

    /** The topic that an event goes to; empty when it is not carried. */
    public Optional<String> topicOf(String eventName, String eventFormat) {
      if (direction != Direction.FROM_EVENT
          || !(event.equals("+") || event.equals(eventName))
          || !(format.equals("+") || format.equals(eventFormat))) {
        return Optional.empty();
      }
      return Optional.of(
          String.join(
              "/",
              TopicPattern.of(topic).levels().stream()
                  .map(level ->
                      switch (level) {
                        case EVENT_NAME -> eventName;
                        case EVENT_FORMAT -> eventFormat;
                        default -> level;
                      })
                  .toList()));
    }
  }

  Bridge withAuthor(String changed) {
    return new Bridge(
        tenant, number, space, spaceNumber, plan, changed, Optional.empty(), created, version);
  }

  Bridge withStopped(String reason) {
    return new Bridge(
        tenant, number, space, spaceNumber, plan, author, Optional.of(reason), created, version);
  }
}
