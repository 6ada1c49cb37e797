package io.sallyport.store.sql;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Small lists and maps of texts as the JSON that a column holds. */
final class JsonTexts {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<List<String>> LIST = new TypeReference<>() {};
  private static final TypeReference<Map<String, String>> MAP = new TypeReference<>() {};

  private JsonTexts() {}

  static String of(Collection<String> texts) {
    return JSON.writeValueAsString(texts.stream().sorted().toList());
  }

  /** A list whose order means something. */
  static String ordered(List<String> texts) {
    return JSON.writeValueAsString(texts);
  }

  static String of(Map<String, String> texts) {
    return JSON.writeValueAsString(new TreeMap<>(texts));
  }

  static List<String> list(String json) {
    return JSON.readValue(json, LIST);
  }

  static Map<String, String> map(String json) {
    return JSON.readValue(json, MAP);
  }
}
