package io.sallyport.simulator.figures;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class JvmProbeTest {
  private static final List<String> MAP =
      List.of(
          "e0000000-e8000000 rw-p 00000000 00:00 0 ",
          "Size:             131072 kB",
          "Rss:               40000 kB",
          "e8000000-100000000 ---p 00000000 00:00 0 ",
          "Rss:                   0 kB",
          "7f0000000000-7f0000021000 rw-p 00000000 00:00 0 ",
          "Rss:                 100 kB");

  @Test
  void what_survived_a_collection_is_the_histograms_last_line() {
    String histogram =
        """
         num     #instances         #bytes  class name (module)
        -------------------------------------------------------
           1:         15113        2153960  [B (java.base@25)
        Total        130113       10531024
        """;

    assertThat(JvmProbe.lastNumber(histogram)).isEqualTo(OptionalLong.of(10_531_024));
    assertThat(JvmProbe.lastNumber("12345: no such process")).isEmpty();
  }

  @Test
  void what_the_jvm_tracks_beside_the_heap_is_told_from_what_libraries_hold() {
    String summary =
        """
        Total: reserved=2153000KB, committed=210000KB
        -                 Java Heap (reserved=524288KB, committed=100000KB)
                                    (mmap: reserved=524288KB, committed=100000KB, peak=524288KB)
        -        Shared class space (reserved=32768KB, committed=30000KB, readonly=0KB)
        -                     Other (reserved=10250KB, committed=10240KB)
        """;

    assertThat(JvmProbe.tracked(summary)).isEqualTo(OptionalLong.of(80_000 * 1024));
    assertThat(JvmProbe.tracked("Native memory tracking is not enabled")).isEmpty();
    assertThat(JvmProbe.anonymous(List.of("Rss: 9 kB", "Anonymous: 8 kB", "Anonymous: 4 kB")))
        .isEqualTo(12 * 1024);
  }

  @Test
  void the_heap_of_the_region_based_collector_is_found_in_the_map() {
    String info =
        """
         garbage-first heap   total reserved 524288K, committed 131072K, used 5M [0xe0000000, 0x100000000)
          region size 1024K, 5 young (5120K), 0 survivors (0K)
         Metaspace       used 4000K, committed 4288K, reserved 1114112K
        """;

    assertThat(JvmProbe.residentHeap(info, MAP)).isEqualTo(40_000 * 1024);
  }

  @Test
  void the_heap_of_the_generational_collectors_is_found_in_the_map() {
    String info =
        """
         DefNew     total 39296K, used 2100K [0xe0000000, 0xe2aa0000, 0xeaaa0000)
          eden space 34944K,   6% used [0xe0000000,0xe020d1b8,0xe2220000)
         Tenured    total 87424K, used 0K [0xeaaa0000, 0xf0000000, 0x100000000)
        """;

    assertThat(JvmProbe.residentHeap(info, MAP)).isEqualTo(40_000 * 1024);
  }

  @Test
  void a_process_that_is_no_jvm_is_not_measured() throws Exception {
    Process other = new ProcessBuilder("sleep", "60").start();
    try {
      assertThat(new JvmProbe(other.pid()).measure()).isEmpty();
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  @Test
  void a_jvm_tells_what_it_keeps() throws Exception {
    JvmProbe.Memory memory = new JvmProbe(ProcessHandle.current().pid()).measure().orElseThrow();

    assertThat(memory.liveHeapBytes()).isBetween(1_000_000L, 1_000_000_000L);
    assertThat(memory.outsideHeapBytes()).isBetween(10_000_000L, 4_000_000_000L);
  }
}
