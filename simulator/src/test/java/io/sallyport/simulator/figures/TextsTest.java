package io.sallyport.simulator.figures;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TextsTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void durations_take_the_unit_that_fits() {
    assertThat(Texts.shown(Duration.ofNanos(85_400))).isEqualTo("85 µs");
    assertThat(Texts.shown(Duration.ofNanos(3_240_000))).isEqualTo("3.2 ms");
    assertThat(Texts.shown(Duration.ofMillis(1_400))).isEqualTo("1.4 s");
    assertThat(Texts.shown(1_234_567)).isEqualTo("1,234,567");
  }

  @Test
  void foreign_text_cannot_control_the_terminal() {
    assertThat(Texts.printable("a\u001b[2Jb\n")).isEqualTo("a·[2Jb·");
    assertThat(Texts.printable("x".repeat(500))).hasSize(201);
  }

  @Test
  void a_terminal_sees_one_line_that_refreshes() {
    LiveLine live = new LiveLine(out, true);
    live.show("one");
    live.show("two");
    live.say("stays");
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo("\rone\u001b[K\rtwo\u001b[K\r\u001b[Kstays" + System.lineSeparator());
  }

  @Test
  void elsewhere_there_are_plain_lines_and_fewer_of_them() {
    LiveLine live = new LiveLine(out, false);
    for (int i = 0; i < 10; i++) {
      live.show("line " + i);
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines()).containsExactly("line 0", "line 5");
  }
}
