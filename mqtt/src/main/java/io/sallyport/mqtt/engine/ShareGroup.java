package io.sallyport.mqtt.engine;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Those who share the messages of one filter. Changed under the lock of its {@link ShareGroups};
 * read by any thread.
 */
final class ShareGroup<S> {
  /**
   * What makes a group, within one scope.
   *
   * @param named whether the key was given by the contract, or is the sessions' owner (THREATS T30)
   */
  record Key(boolean named, String key, SharedFilter shared) {}

  private final Key key;
  private final Grants<S> members = new Grants<>();
  private final AtomicInteger turns = new AtomicInteger();

  ShareGroup(Key key) {
    this.key = key;
  }

  Key key() {
    return key;
  }

  Grants<S> members() {
    return members;
  }

  /** Where the search for a member begins this time: one further each time. */
  int turn(int size) {
    return Integer.remainderUnsigned(turns.getAndIncrement(), size);
  }
}
