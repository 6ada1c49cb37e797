package io.sallyport.plain;

import io.sallyport.platform.space.PlainLimits;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Who has left which retained message in a space, so that one credential can't use up what all
 * share. Counts what was left since the start of the process. Thread-safe.
 */
final class RetainedLedger {
  private record Entry(long credential, long bytes) {}

  private static final class Account {
    private int messages;
    private long bytes;
  }

  private final Map<String, Entry> byTopic = new HashMap<>();
  private final Map<Long, Account> accounts = new HashMap<>();

  /**
   * Notes that the credential leaves a message, in place of whoever's was there.
   *
   * @param payloadBytes 0 removes what is retained
   * @return false when it would be more than the credential may leave; nothing is noted then
   */
  synchronized boolean leave(long credential, PlainLimits limits, String topic, int payloadBytes) {
    Entry old = byTopic.get(topic);
    if (payloadBytes == 0) {
      if (old != null) {
        remove(topic, old);
      }
      return true;
    }
    long bytes = topic.getBytes(StandardCharsets.UTF_8).length + (long) payloadBytes;
    long ownBytes = old != null && old.credential() == credential ? old.bytes() : 0;
    Account account = accounts.computeIfAbsent(credential, _ -> new Account());
    int messages = account.messages + (ownBytes > 0 ? 0 : 1);
    long total = account.bytes - ownBytes + bytes;
    if (messages > limits.retainedMessagesMax() || total > limits.retainedBytesMax()) {
      forgetEmpty(credential, account);
      return false;
    }
    if (old != null) {
      remove(topic, old);
    }
    byTopic.put(topic, new Entry(credential, bytes));
    Account charged = accounts.computeIfAbsent(credential, _ -> new Account());
    charged.messages++;
    charged.bytes += bytes;
    return true;
  }

  private void remove(String topic, Entry old) {
    byTopic.remove(topic);
    Account account = accounts.get(old.credential());
    if (account != null) {
      account.messages--;
      account.bytes -= old.bytes();
      forgetEmpty(old.credential(), account);
    }
  }

  private void forgetEmpty(long credential, Account account) {
    if (account.messages == 0) {
      accounts.remove(credential);
    }
  }
}
