package io.sallyport.platform.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifiersTest {
  @ParameterizedTest
  @ValueSource(strings = {"p1", "Pumpe Süd", "a.b", "...", "x@y", "温度計-7"})
  void device_ids_may_be_what_a_path_can_carry(String id) {
    assertThat(DeviceId.isValid(id)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "a+b", "a#", "a\u0000b", "\ud800", "\udc00\ud800"})
  void device_ids_that_topics_or_paths_take_for_something_else_are_refused(String id) {
    assertThat(DeviceId.isValid(id)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x%2Fy", "a;b", "a\\b", "100%"})
  void some_ids_can_only_be_addressed_by_contracts_that_spell_them(String id) {
    assertThat(new DeviceId(id).isAddressable()).isFalse();
    assertThat(new DeviceId("p1").isAddressable()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "..", "", "a/b", "ü", "1234567890123456789012345678901234567"})
  void type_ids_have_their_own_narrow_form(String id) {
    assertThat(TypeId.isValid(id)).isFalse();
  }
}
