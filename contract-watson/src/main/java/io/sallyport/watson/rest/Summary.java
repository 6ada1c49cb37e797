package io.sallyport.watson.rest;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.telemetry.Event;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Figures over numeric members of events, for each device and kind of event (watson-iot.md section
 * 9.4). The contract's pages do not show the answer's form; ours is that of a list of events, each
 * with the time of its newest event and the figures as {@code evt}.
 */
final class Summary {
  static final int EVENTS_MAX = 10_000;

  /** THREATS T38. */
  private static final int FIELDS_MAX = 32;

  private static final int STEPS_MAX = 16;
  private static final int FIGURES_MAX = 20_000;

  private enum Kind {
    AVG,
    COUNT,
    MIN,
    MAX,
    SUM,
    RANGE,
    STDEV,
    VARIANCE
  }

  private record Group(DeviceKey device, String name) {}

  private final List<String> fields;
  private final Kind kind;

  /** The time of each group's newest event; never the event, whose payload may be large. */
  private final Map<Group, Long> newest = new LinkedHashMap<>();

  private final Map<Group, Map<String, Figures>> figures = new LinkedHashMap<>();
  private int events;
  private int count;

  private Summary(List<String> fields, Kind kind) {
    this.fields = fields;
    this.kind = kind;
  }

  /**
   * @param fields {@code {f1,f2}}; the braces may be missing; a dot steps into an object
   */
  static Summary of(String fields, String kind) {
    String list = fields.strip();
    if (list.startsWith("{") && list.endsWith("}")) {
      list = list.substring(1, list.length() - 1);
    }
    List<String> names = new ArrayList<>();
    for (String name : list.split(",")) {
      String field = name.strip();
      if (field.isEmpty() || field.split("\\.", -1).length > STEPS_MAX) {
        throw ApiProblem.invalid("summarize must be a list of members like {f1,f2}.");
      }
      names.add(field);
    }
    if (names.size() > FIELDS_MAX) {
      throw ApiProblem.tooHigh("summarize takes at most " + FIELDS_MAX + " members.");
    }
    return new Summary(names, kind(kind));
  }

  private static Kind kind(String text) {
    for (Kind kind : Kind.values()) {
      if (kind.name().equalsIgnoreCase(text)) {
        return kind;
      }
    }
    throw ApiProblem.invalid(
        "summarize_type must be avg, count, min, max, sum, range, stdev or variance.");
  }

  /** Newest first. */
  void add(Event event, JsonNode payload) {
    events++;
    Group group = new Group(event.device(), event.name());
    newest.putIfAbsent(group, event.timeMillis());
    Map<String, Figures> ofGroup = figures.computeIfAbsent(group, key -> new LinkedHashMap<>());
    for (String field : fields) {
      JsonNode value = value(payload, field);
      if (value.isNumber()) {
        ofGroup
            .computeIfAbsent(
                field,
                key -> {
                  count++;
                  return new Figures();
                })
            .add(value.doubleValue());
      }
    }
    if (count > FIGURES_MAX) {
      throw ApiProblem.tooHigh(
          "The answer would have more than "
              + FIGURES_MAX
              + " figures; narrow it by device, evt_type, start and end.");
    }
  }

  boolean full() {
    return events >= EVENTS_MAX;
  }

  /** The member itself, else below the conventional {@code d} wrapper. */
  private static JsonNode value(JsonNode payload, String field) {
    JsonNode direct = step(payload, field);
    return direct.isMissingNode() ? step(payload.path("d"), field) : direct;
  }

  private static JsonNode step(JsonNode from, String field) {
    JsonNode at = from;
    for (String name : field.split("\\.", -1)) {
      at = at.path(name);
    }
    return at;
  }

  EventsAnswer answer() {
    EventsAnswer answer = new EventsAnswer();
    newest.forEach((group, timeMillis) -> {
      ObjectNode evt = Answers.object();
      figures.getOrDefault(group, Map.of()).forEach((field, of) -> evt.put(field, of.figure(kind)));
      if (!evt.isEmpty()) {
        answer.add(HistorianController.json(group.device(), group.name(), timeMillis, evt));
      }
    });
    return answer;
  }

  /** Count, extremes, mean and squared deviations in one pass (Welford). */
  private static final class Figures {
    private long count;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private double sum;
    private double mean;
    private double squares;

    void add(double value) {
      count++;
      min = Math.min(min, value);
      max = Math.max(max, value);
      sum += value;
      double delta = value - mean;
      mean += delta / count;
      squares += delta * (value - mean);
    }

    /** Deviation and variance are those of the whole, not of a sample. */
    double figure(Kind kind) {
      return switch (kind) {
        case AVG -> sum / count;
        case COUNT -> count;
        case MIN -> min;
        case MAX -> max;
        case SUM -> sum;
        case RANGE -> max - min;
        case STDEV -> Math.sqrt(squares / count);
        case VARIANCE -> squares / count;
      };
    }
  }
}
