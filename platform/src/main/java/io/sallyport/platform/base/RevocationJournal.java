package io.sallyport.platform.base;

import java.time.Instant;
import java.util.List;

/**
 * The append-only journal of what was taken away (THREATS T05): ids only, kept outside the data
 * folder, so that restoring an older backup never gives back a deleted device, a disabled key or a
 * replaced token. Thread-safe.
 *
 * <p>What takes away is recorded before its commit, so that a crash between the two errs on the
 * closed side; what gives back ({@link Kind#DEVICE_ENABLED} and the like) is recorded after its
 * commit and only cancels earlier entries.
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

  /** What was taken away or given back; the ids of each are named in its comment. */
  enum Kind {
    /** tenant id, tenant number. */
    TENANT_SUSPENDED,
    TENANT_RESUMED,
    TENANT_DELETED,
    /** tenant id, type id, device id, device number. */
    DEVICE_DISABLED,
    DEVICE_ENABLED,
    DEVICE_TOKEN_REPLACED,
    DEVICE_DELETED,
    /** tenant id, key. */
    API_KEY_DISABLED,
    API_KEY_ENABLED,
    API_KEY_ROLES_CHANGED,
    API_KEY_DELETED,
    /** key. */
    OPERATOR_KEY_DELETED,
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
