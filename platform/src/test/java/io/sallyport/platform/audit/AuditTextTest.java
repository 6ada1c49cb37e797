package io.sallyport.platform.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditTextTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          a\\nb,        a\\u000ab
          \\e[31mred,   \\u001b[31mred
          nul\\0,       nul\\u0000
          tab\\there,   tab\\u0009here
          ü € 漢 🚀,    ü € 漢 🚀
          """)
  void control_characters_are_escaped_and_others_kept(String coded, String expected) {
    String text =
        coded
            .replace("\\n", "\n")
            .replace("\\e", "\u001b")
            .replace("\\0", "\0")
            .replace("\\t", "\t");

    assertThat(AuditText.clean(text)).isEqualTo(expected);
  }

  @Test
  void text_direction_marks_and_separators_are_escaped() {
    assertThat(AuditText.clean("a\u202eb\u2028c\u0085d")).isEqualTo("a\\u202eb\\u2028c\\u0085d");
  }

  @Test
  void half_a_surrogate_pair_is_escaped() {
    assertThat(AuditText.clean("x\ud83d")).isEqualTo("x\\ud83d");
  }

  @Test
  void long_text_is_cut_at_256_characters() {
    assertThat(AuditText.clean("x".repeat(256))).isEqualTo("x".repeat(256));
    assertThat(AuditText.clean("x".repeat(257))).isEqualTo("x".repeat(255) + "…");
  }

  @Test
  void cutting_splits_neither_an_escape_nor_a_pair() {
    assertThat(AuditText.clean("x".repeat(254) + "🚀🚀")).isEqualTo("x".repeat(254) + "…");
    assertThat(AuditText.clean("x".repeat(252) + "\n\n")).isEqualTo("x".repeat(252) + "…");
  }

  @Test
  void cleaning_twice_changes_nothing() {
    String once = AuditText.clean("\n".repeat(300) + "\u202e");

    assertThat(AuditText.clean(once)).isEqualTo(once).hasSizeLessThanOrEqualTo(256);
  }
}
