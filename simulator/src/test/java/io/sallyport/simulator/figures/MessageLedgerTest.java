package io.sallyport.simulator.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.simulator.figures.DeviceLedger.Sighting;
import org.junit.jupiter.api.Test;

class MessageLedgerTest {
  private final MessageLedger ledger = new MessageLedger();
  private final DeviceLedger device = ledger.device("d1");

  private void sendAndAcknowledge(int messages) {
    for (int i = 0; i < messages; i++) {
      long sequence = device.nextSequence();
      device.sent(sequence, 1_000 + sequence, 0);
      device.acknowledged(sequence);
    }
  }

  @Test
  void what_was_acknowledged_and_received_and_stored_is_not_missing() {
    sendAndAcknowledge(100);
    for (int i = 0; i < 100; i++) {
      assertThat(ledger.received("d1", i, 1_000 + i, 5)).isEqualTo(Sighting.FIRST);
      assertThat(ledger.stored("d1", i, 1_000 + i)).isEqualTo(Sighting.FIRST);
    }
    assertThat(ledger.acknowledgedNotReceived()).isZero();
    assertThat(ledger.acknowledgedNotStored()).isZero();
    assertThat(ledger.received()).isEqualTo(100);
    assertThat(ledger.stored()).isEqualTo(100);
    assertThat(ledger.endToEnd().count()).isEqualTo(100);
  }

  @Test
  void an_acknowledged_message_that_nobody_saw_is_missing() {
    sendAndAcknowledge(3);
    ledger.received("d1", 0, 1_000, 5);
    ledger.received("d1", 2, 1_002, 5);
    assertThat(ledger.acknowledgedNotReceived()).isEqualTo(1);
    assertThat(ledger.acknowledgedNotStored()).isEqualTo(3);
  }

  @Test
  void a_message_without_acknowledgement_may_go_missing() {
    device.sent(0, 1, 0);
    assertThat(ledger.acknowledgedNotReceived()).isZero();
    assertThat(ledger.acknowledgedNotStored()).isZero();
  }

  @Test
  void a_second_sighting_is_doubled() {
    sendAndAcknowledge(1);
    ledger.received("d1", 0, 1_000, 5);
    assertThat(ledger.received("d1", 0, 1_000, 6)).isEqualTo(Sighting.DOUBLED);
    assertThat(ledger.receivedDoubled()).isEqualTo(1);
    assertThat(ledger.received()).isEqualTo(1);
  }

  @Test
  void changed_bytes_are_different_and_still_missing() {
    sendAndAcknowledge(1);
    assertThat(ledger.stored("d1", 0, 999)).isEqualTo(Sighting.DIFFERENT);
    assertThat(ledger.different()).isEqualTo(1);
    assertThat(ledger.acknowledgedNotStored()).isEqualTo(1);
  }

  @Test
  void what_was_never_sent_is_unknown() {
    sendAndAcknowledge(1);
    assertThat(ledger.received("d1", 1, 1, 5)).isEqualTo(Sighting.UNKNOWN);
    assertThat(ledger.received("d1", -1, 1, 5)).isEqualTo(Sighting.UNKNOWN);
    assertThat(ledger.received("stranger", 0, 1, 5)).isEqualTo(Sighting.UNKNOWN);
    assertThat(ledger.unknown()).isEqualTo(3);
  }

  @Test
  void the_book_keeps_the_newest_and_remembers_what_left_it_missing() {
    DeviceLedger small = new DeviceLedger(64);
    for (int i = 0; i < 200; i++) {
      small.sent(i, i, 0);
      small.acknowledged(i);
      if (i != 10 && i != 190) {
        assertThat(small.received(i, i)).isEqualTo(Sighting.FIRST);
      }
    }
    assertThat(small.acknowledgedNotReceived()).isEqualTo(2);
    assertThat(small.received(10, 10)).isEqualTo(Sighting.FORGOTTEN);
    assertThat(small.matches(10, 12345)).isTrue();
    assertThat(small.matches(199, 199)).isTrue();
    assertThat(small.matches(199, 0)).isFalse();
  }

  @Test
  void a_book_that_grows_loses_nothing() {
    sendAndAcknowledge(10_000);
    for (int i = 0; i < 10_000; i++) {
      assertThat(device.received(i, 1_000 + i)).isEqualTo(Sighting.FIRST);
    }
    assertThat(ledger.acknowledgedNotReceived()).isZero();
  }

  @Test
  void sequence_numbers_have_no_gaps() {
    assertThatThrownBy(() -> device.sent(1, 0, 0)).isInstanceOf(IllegalStateException.class);
  }
}
