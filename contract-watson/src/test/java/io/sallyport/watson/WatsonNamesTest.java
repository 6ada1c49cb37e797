package io.sallyport.watson;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.DeviceId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatsonNamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"p1", "A.b_c-9", "-", "123456789012345678901234567890123456"})
  void names_of_the_character_set_are_valid(String name) {
    assertThat(WatsonNames.isValid(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a b", "a/b", "a:b", "ä", "+", "#", "1234567890123456789012345678901234567"})
  void other_names_are_not_valid(String name) {
    assertThat(WatsonNames.isValid(name)).isFalse();
  }

  @Test
  void own_ids_are_spelled_as_they_are() {
    assertThat(WatsonNames.encode(new DeviceId("A.b_c-9"))).isEqualTo("A.b_c-9");
    assertThat(WatsonNames.decode("A.b_c-9")).contains(new DeviceId("A.b_c-9"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ä", "a b", "100%", "a:b", "日本", "😀", "%41", "a%2Fb"})
  void ids_of_other_contracts_survive_the_way_there_and_back(String id) {
    String spelled = WatsonNames.encode(new DeviceId(id));
    assertThat(spelled).matches("[A-Za-z0-9_.%-]+");
    assertThat(WatsonNames.decode(spelled)).contains(new DeviceId(id));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%41", "%c3%a4", "%", "%4", "%zz", "a b", "%2F", "%2B", "%00", "%C3", "", "%C0%80"
      })
  void a_second_spelling_or_a_forbidden_id_is_not_read(String spelled) {
    assertThat(WatsonNames.decode(spelled)).isEmpty();
  }
}
