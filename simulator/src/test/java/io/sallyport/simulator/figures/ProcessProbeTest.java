package io.sallyport.simulator.figures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessProbeTest {
  @Test
  void user_and_system_time_are_added_whatever_the_name_of_the_process() {
    String stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 150 25 0 0 20 0 30 0 100 0 0";
    assertThat(ProcessProbe.cpuMicros(stat)).hasValue(1_750_000);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void this_process_has_used_time_and_memory() {
    ProcessProbe self = new ProcessProbe(ProcessHandle.current().pid());
    assertThat(self.cpuMicros().orElse(0)).isPositive();
    assertThat(self.residentBytes().orElse(0)).isGreaterThan(10_000_000);
  }

  @Test
  void a_process_that_is_gone_has_no_figures() {
    ProcessProbe gone = new ProcessProbe(Long.MAX_VALUE);
    assertThat(gone.cpuMicros()).isEmpty();
    assertThat(gone.residentBytes()).isEmpty();
  }
}
