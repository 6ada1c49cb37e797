package io.sallyport.platform.base;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The append-only journal of what was taken away (THREATS T05): ids only, kept outside the data
 * folder, so that restoring an older backup never gives back a deleted device, a disabled key or a
 * replaced token. Thread-safe.
 *
 * <p>What takes away is recorded before its commit, so that a crash between the two errs on the
 * closed side; what gives back ({@link Kind#DEVICE_ENABLED} and the like) is recorded after its
 * commit and only cancels earlier entries. Both are recorded within one {@link RevocationsUnderway
 * passage} of their subject, so that the last entry of a subject is its last commit, and a backup
 * knows from where on an entry may be missing in it.
 */
public interface RevocationJournal {
  /**
   * Appends an entry; durable on return.
   *
   * @param ids what it is about, as {@link Kind} says; no control characters
   * @throws ProblemException {@code STORAGE_FAILED}: the act must fail with it
   */
  void record(Kind kind, String... ids);

  /** Entries recorded at or after {@code from}, oldest first. */
  List<Entry> since(Instant from);

  /** Behind the newest entry. Does not block. */
  JournalPosition position();

  /** Entries behind a position, oldest first; empty if it is a position of another journal. */
  Optional<List<Entry>> since(JournalPosition position);

  /** What was taken away or given back; the ids of each are named in its comment. */
  enum Kind {
    /** tenant id, tenant number. */
    TENANT_SUSPENDED,
    TENANT_RESUMED,
    TENANT_DELETED,
    /** tenant id, type id, device id, device number. */
    DEVICE_DISABLED,
    DEVICE_ENABLED,
    DEVICE_DELETED,
    /** As before, and the version of the credential that was replaced. */
    DEVICE_TOKEN_REPLACED,
    /** tenant id, key, when it was made in milliseconds, which tells it from a later namesake. */
    API_KEY_DISABLED,
    API_KEY_ENABLED,
    API_KEY_DELETED,
    /** As before, and the version of the key before the change. */
    API_KEY_ROLES_CHANGED,
    /** key. */
    OPERATOR_KEY_DELETED,
    /** tenant id, space, space number. */
    PLAIN_SPACE_DELETED,
    /** tenant id, credential, credential number. */
    PLAIN_CREDENTIAL_DISABLED,
    PLAIN_CREDENTIAL_ENABLED,
    PLAIN_CREDENTIAL_CHANGED,
    PLAIN_CREDENTIAL_DELETED,
    /** tenant id, space, bridge, bridge number. */
    BRIDGE_STOPPED,
    /** number of the hash key. */
    HASH_KEY_RETIRED
  }

  /** One line of the journal. */
  record Entry(Instant time, Kind kind, List<String> ids) {
    public Entry {
      ids = List.copyOf(ids);
    }
  }
}
