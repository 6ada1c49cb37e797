package io.sallyport.platform.testing;

import io.sallyport.platform.base.NumberMarks;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/** Marks in memory, without blocks: a mark is the highest number given. */
public final class InMemoryNumberMarks implements NumberMarks {
  private final Map<Sequence, Long> marks = new EnumMap<>(Sequence.class);

  /** Those of an installation that has given no number yet. */
  public static InMemoryNumberMarks fresh() {
    InMemoryNumberMarks marks = lost();
    for (Sequence sequence : Sequence.values()) {
      marks.given(sequence, 0);
    }
    return marks;
  }

  /** Those of an installation whose marks are gone. */
  public static InMemoryNumberMarks lost() {
    return new InMemoryNumberMarks();
  }

  @Override
  public synchronized void given(Sequence sequence, long number) {
    marks.merge(sequence, number, Math::max);
  }

  @Override
  public synchronized OptionalLong mark(Sequence sequence) {
    Long mark = marks.get(sequence);
    return mark == null ? OptionalLong.empty() : OptionalLong.of(mark);
  }
}
