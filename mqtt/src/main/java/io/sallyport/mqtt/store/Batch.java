package io.sallyport.mqtt.store;

import io.sallyport.mqtt.Scope;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes that become durable together or not at all, in this order. Immutable.
 *
 * <p>An empty batch is a barrier: it is told as committed once everything submitted before it is.
 */
public final class Batch {
  /** What an operation takes besides its message, roughly. */
  private static final int OPERATION_BYTES = 64;

  private final List<Operation> operations;
  private final long bytes;

  private Batch(List<Operation> operations, long bytes) {
    this.operations = List.copyOf(operations);
    this.bytes = bytes;
  }

  public static Builder builder() {
    return new Builder();
  }

  public List<Operation> operations() {
    return operations;
  }

  /** What it takes while it waits, roughly. */
  public long bytes() {
    return bytes;
  }

  @Override
  public String toString() {
    return "Batch[" + operations.size() + " operations, " + bytes + " bytes]";
  }

  /** Collects the changes, in order. For one thread. */
  public static final class Builder {
    private final List<Operation> operations = new ArrayList<>(4);
    private long bytes;

    private Builder() {}

    /**
     * Makes the session or replaces its record. CONNACK with a durable session waits for the
     * commit.
     */
    public Builder putSession(SessionRecord session) {
      StoredWill will = session.will();
      return add(new Operation.PutSession(session), will == null ? 0 : will.message().bytes());
    }

    /** Deletes the session with its will, subscriptions, messages and received ids. */
    public Builder deleteSession(SessionRef session) {
      return add(new Operation.DeleteSession(session), 0);
    }

    /** Makes or replaces the subscription of this filter. SUBACK waits for the commit. */
    public Builder putSubscription(SessionRef session, StoredSubscription subscription) {
      return add(
          new Operation.PutSubscription(session, subscription), subscription.filter().length());
    }

    /** UNSUBACK waits for the commit, else the subscription may be back after a crash. */
    public Builder deleteSubscription(SessionRef session, String filter) {
      return add(new Operation.DeleteSubscription(session, filter), filter.length());
    }

    /**
     * Lets a message wait. The publisher's PUBACK or PUBREC, and the delivery itself, wait for the
     * commit. A {@link StoredMessage} object that is put for several sessions in one batch may be
     * stored once.
     *
     * @throws IllegalArgumentException unless the message is new: {@link
     *     QueuedMessage.Phase#QUEUED}
     */
    public Builder putMessage(QueuedMessage queued) {
      StoredMessage message = queued.message();
      if (message == null || queued.phase() != QueuedMessage.Phase.QUEUED) {
        throw new IllegalArgumentException("only a new message can be put into a queue");
      }
      return add(new Operation.PutMessage(queued, message), message.bytes());
    }

    /**
     * Notes that messages up to this sequence have been sent, so that they go out with DUP after a
     * restart. Lazily: one note for all that a flush has sent. If it is lost, DUP is missing, no
     * more.
     */
    public Builder noteSent(SessionRef session, long sequence) {
      return add(new Operation.NoteSent(session, sequence), 0);
    }

    /**
     * PUBREC has come: the message goes, its packet id stays taken. PUBREL waits for the commit; if
     * it went out before, a crash would let the message be published anew to a receiver that has
     * forgotten its id.
     */
    public Builder releaseMessage(SessionRef session, long sequence) {
      return add(new Operation.ReleaseMessage(session, sequence), 0);
    }

    /**
     * PUBACK or PUBCOMP has come, or the message is dropped. Lazily is enough: if it is lost the
     * message is sent again, or PUBREL is.
     */
    public Builder deleteMessage(SessionRef session, long sequence) {
      return add(new Operation.DeleteMessage(session, sequence), 0);
    }

    /** A QoS 2 PUBLISH with this id was taken. PUBREC waits for the commit. */
    public Builder markReceived(SessionRef session, int packetId) {
      return add(new Operation.MarkReceived(session, packetId), 0);
    }

    /**
     * PUBREL has come. PUBCOMP waits for the commit: a mark that came back after a crash would
     * swallow the next message with this id.
     */
    public Builder unmarkReceived(SessionRef session, int packetId) {
      return add(new Operation.UnmarkReceived(session, packetId), 0);
    }

    /** Replaces the retained message of its topic in the scope. */
    public Builder putRetained(Scope scope, StoredMessage message) {
      return add(new Operation.PutRetained(scope, message), message.bytes());
    }

    public Builder deleteRetained(Scope scope, String topic) {
      return add(new Operation.DeleteRetained(scope, topic), topic.length());
    }

    /**
     * Notes that everything of the scope's log before this position is in the queues. Goes with the
     * rows of the last message before it.
     */
    public Builder putCursor(Scope scope, long position) {
      return add(new Operation.PutCursor(scope, position), 0);
    }

    /** Deletes everything of the scope: sessions, retained messages, cursor. */
    public Builder deleteScope(Scope scope) {
      return add(new Operation.DeleteScope(scope), 0);
    }

    public boolean isEmpty() {
      return operations.isEmpty();
    }

    public Batch build() {
      return new Batch(operations, bytes);
    }

    private Builder add(Operation operation, long contentBytes) {
      operations.add(operation);
      bytes += OPERATION_BYTES + contentBytes;
      return this;
    }
  }
}
