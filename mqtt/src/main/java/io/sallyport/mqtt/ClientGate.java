package io.sallyport.mqtt;

import io.sallyport.mqtt.ClientBinding.HeldSubscription;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides who comes in: one per contract, asked once per CONNECT. */
public interface ClientGate {
  /**
   * Called on a virtual thread; may block. Nothing else is read from the connection meanwhile. An
   * exception refuses with {@link ConnectRefusal#SERVER_UNAVAILABLE} and is logged.
   *
   * <p>A will that the client may not publish is a reason to refuse.
   */
  Admission admit(ConnectRequest request);

  /**
   * Who may publish the will of a session whose client was cut off when the server was killed, by
   * the rights in force now (THREATS T31). Called on a virtual thread; may block.
   *
   * @param login as {@link Admission.Admitted#login} said of the client whose will it is
   * @return empty when its credential is gone or has been revoked since, or the contract publishes
   *     no such wills
   */
  default Optional<WillRights> reopen(SessionKey session, String login) {
    return Optional.empty();
  }

  /**
   * Who answers for a session that a restart has brought back, until its client comes or it ends.
   * Called for each before the first client comes; may block. An exception stops the start.
   *
   * @param held what it is subscribed to
   */
  default SessionRights restored(RestoredSession session, List<HeldSubscription> held) {
    return _ -> true;
  }

  /**
   * A message's note, read back from {@link Message.Note#tag}. Any thread; must be quick.
   *
   * @return what {@link ClientBinding#mayDeliver} finds as the attachment
   */
  default @Nullable Object note(Scope scope, String tag) {
    return tag;
  }

  /** Of a client that has not come yet. Thread-safe; must be quick. */
  interface SessionRights {
    /** As {@link ClientBinding#mayDeliver}. */
    boolean mayDeliver(Message message);

    /** As {@link ClientBinding#sessionEnded}. */
    default void sessionEnded() {}
  }

  /** Publishes a will in the name of a client that is not connected. */
  interface WillRights {
    /** As {@link ClientBinding#publishWill}; may block. */
    void publishWill(Message will);
  }
}
