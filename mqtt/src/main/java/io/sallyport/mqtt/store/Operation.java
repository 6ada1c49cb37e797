package io.sallyport.mqtt.store;

import io.sallyport.mqtt.Scope;

/** One change within a {@link Batch}; made by {@link Batch.Builder}, taken apart by stores. */
public sealed interface Operation {
  record PutSession(SessionRecord session) implements Operation {}

  record DeleteSession(SessionRef session) implements Operation {}

  record PutSubscription(SessionRef session, StoredSubscription subscription)
      implements Operation {}

  record DeleteSubscription(SessionRef session, String filter) implements Operation {}

  record PutMessage(QueuedMessage queued, StoredMessage message) implements Operation {}

  record NoteSent(SessionRef session, long sequence) implements Operation {}

  record ReleaseMessage(SessionRef session, long sequence) implements Operation {}

  record DeleteMessage(SessionRef session, long sequence) implements Operation {}

  record MarkReceived(SessionRef session, int packetId) implements Operation {}

  record UnmarkReceived(SessionRef session, int packetId) implements Operation {}

  record PutRetained(Scope scope, StoredMessage message) implements Operation {}

  record DeleteRetained(Scope scope, String topic) implements Operation {}

  record PutCursor(Scope scope, long position) implements Operation {}

  record DeleteScope(Scope scope) implements Operation {}
}
