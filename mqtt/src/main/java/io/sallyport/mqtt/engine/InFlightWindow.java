package io.sallyport.mqtt.engine;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages of QoS 1 and 2 sent and not yet acknowledged, in the order they were first sent. Packet
 * ids come from a running number, so that one can only clash with one in flight after a whole round
 * (MESSAGING.md section 7 row 27). Acknowledgements come mostly in order: a look-up begins at the
 * oldest.
 */
final class InFlightWindow {
  private static final int PACKET_IDS = 65_535;

  private @Nullable Outgoing oldest;
  private @Nullable Outgoing newest;
  private int size;
  private final AtomicLong sequences;
  private final boolean ofRows;

  InFlightWindow() {
    this(new AtomicLong(), false);
  }

  private InFlightWindow(AtomicLong sequences, boolean ofRows) {
    this.sequences = sequences;
    this.ofRows = ofRows;
  }

  /** For a session with rows, which bring their sequences along. */
  static InFlightWindow besideRows(AtomicLong sequences) {
    return new InFlightWindow(sequences, true);
  }

  static int packetId(long sequence) {
    return (int) ((sequence - 1) % PACKET_IDS) + 1;
  }

  int size() {
    return size;
  }

  /**
   * Gives the message a packet id that is not in flight: never 0 [MQTT-2.3.1-1], [v5:MQTT-2.2.1-3,
   * -4]. The window must hold fewer messages than there are ids. A row has its id from its
   * sequence: see {@link #isTaken} first.
   */
  void add(Outgoing message) {
    if (!message.isRow()) {
      do {
        message.sequence = sequences.incrementAndGet();
      } while (isTaken(message.packetId()));
    }
    message.next = null;
    if (newest == null) {
      oldest = message;
    } else {
      newest.next = message;
    }
    newest = message;
    size++;
  }

  /** Whether something with this id, the next one, is in flight. */
  boolean isTaken(int packetId) {
    Outgoing first = oldest;
    // Beside rows, sequences do not go out in order: only a look tells.
    return first != null
        && (ofRows || sequences.get() - first.sequence >= PACKET_IDS)
        && find(packetId) != null;
  }

  @Nullable Outgoing find(int packetId) {
    Outgoing entry = oldest;
    while (entry != null && entry.packetId() != packetId) {
      entry = entry.next;
    }
    return entry;
  }

  /** The oldest that an earlier connection was sent and this one was not. */
  @Nullable Outgoing firstToResend() {
    Outgoing entry = oldest;
    while (entry != null && !entry.awaitsResend) {
      entry = entry.next;
    }
    return entry;
  }

  void remove(Outgoing message) {
    Outgoing before = null;
    Outgoing entry = oldest;
    while (entry != null && entry != message) {
      before = entry;
      entry = entry.next;
    }
    if (entry == null) {
      return;
    }
    if (before == null) {
      oldest = entry.next;
    } else {
      before.next = entry.next;
    }
    if (newest == entry) {
      newest = before;
    }
    entry.next = null;
    size--;
  }

  /** In the order of first sending; the action may remove the message it is given. */
  void forEach(Consumer<Outgoing> action) {
    Outgoing entry = oldest;
    while (entry != null) {
      Outgoing following = entry.next;
      action.accept(entry);
      entry = following;
    }
  }
}
