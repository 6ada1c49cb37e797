package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who gets copies of one message that need more than a place in an inbox. Used by one thread. */
final class Copies {
  /** One session's. */
  record Copy(Session session, Outgoing outgoing) {
    /** On the store's thread. */
    void committed() {
      session.rowCommitted(outgoing);
    }

    void withdraw() {
      session.rowFailed(outgoing);
    }
  }

  private final Message message;
  private Outgoing.@Nullable Parcel parcel;
  private @Nullable List<Copy> rows;
  private @Nullable List<Copy> chosen;
  private int rowsMade;

  Copies(Message message) {
    this.message = message;
  }

  Message message() {
    return message;
  }

  /** Encoded when somebody needs it. */
  Outgoing.Parcel parcel() {
    Outgoing.Parcel made = parcel;
    if (made == null) {
      made = Outgoing.Parcel.of(message);
      parcel = made;
    }
    return made;
  }

  void row(Session session, Outgoing copy) {
    List<Copy> list = rows;
    if (list == null) {
      list = new ArrayList<>(4);
      rows = list;
    }
    list.add(new Copy(session, copy));
  }

  /** Copies that are stored before they go out. */
  List<Copy> rows() {
    return rows == null ? List.of() : rows;
  }

  /** For a member of a shared group that has been found. */
  boolean choose(Session session, Outgoing copy) {
    if (session.isDurable() && copy.qos() != Qos.AT_MOST_ONCE) {
      row(session, copy);
      return true;
    }
    List<Copy> list = chosen;
    if (list == null) {
      list = new ArrayList<>(4);
      chosen = list;
    }
    list.add(new Copy(session, copy));
    return true;
  }

  /** Copies for members of shared groups that are not stored. */
  List<Copy> chosen() {
    return chosen == null ? List.of() : chosen;
  }

  void rowsMade(int count) {
    rowsMade = count;
  }

  int rowsMade() {
    return rowsMade;
  }
}
