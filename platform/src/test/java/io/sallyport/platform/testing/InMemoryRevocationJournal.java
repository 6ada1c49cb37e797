package io.sallyport.platform.testing;

import io.sallyport.platform.base.JournalPosition;
import io.sallyport.platform.base.RevocationJournal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The journal in memory. */
public final class InMemoryRevocationJournal implements RevocationJournal {
  private final Clock clock;
  private final List<Entry> entries = new CopyOnWriteArrayList<>();

  public InMemoryRevocationJournal(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void record(Kind kind, String... ids) {
    entries.add(new Entry(clock.instant(), kind, List.of(ids)));
  }

  @Override
  public List<Entry> since(Instant from) {
    return entries.stream().filter(entry -> !entry.time().isBefore(from)).toList();
  }

  @Override
  public JournalPosition position() {
    int count = entries.size();
    return count == 0 ? JournalPosition.START : new JournalPosition(count, "in-memory");
  }

  @Override
  public Optional<List<Entry>> since(JournalPosition position) {
    int from = Math.toIntExact(position.entries());
    return from > entries.size()
        ? Optional.empty()
        : Optional.of(List.copyOf(entries.subList(from, entries.size())));
  }
}
