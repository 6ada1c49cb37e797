package io.sallyport.platform.identity;

import io.sallyport.platform.audit.AuditEntry;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.RevocationJournal;
import io.sallyport.platform.base.RevocationsUnderway;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.tenant.SettingStore;
import io.sallyport.platform.tenant.TenantKeys;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * Rotates and retires the keys that secrets are hashed under, and tells what still rests on old
 * ones (THREATS T06). For operators; each act commits with its audit record. Blocks. Thread-safe.
 */
public final class HashKeyRing {
  private static final String SETTING = "identity.hash-keys";
  private static final int KEYS_MAX = 1_000;

  private final HashKeys keys;
  private final StoredHashes hashes;
  private final SettingStore settings;
  private final Transactions transactions;
  private final AccessPolicy policy;
  private final AuditLog audit;
  private final RevocationJournal journal;
  private final RevocationsUnderway underway;
  private final ReentrantLock changing = new ReentrantLock();

  public HashKeyRing(
      HashKeys keys,
      StoredHashes hashes,
      SettingStore settings,
      Transactions transactions,
      AccessPolicy policy,
      AuditLog audit,
      RevocationJournal journal,
      RevocationsUnderway underway) {
    this.keys = keys;
    this.hashes = hashes;
    this.settings = settings;
    this.transactions = transactions;
    this.policy = policy;
    this.audit = audit;
    this.journal = journal;
    this.underway = underway;
  }

  /**
   * The keys and what rests on them.
   *
   * @param newest the one that new hashes are made under
   * @param retired those that verify nothing any more
   * @param hashes of all keys; old are those of another key than the newest
   */
  public record Report(int newest, Set<Integer> retired, List<HashCount> hashes) {
    public Report {
      retired = Set.copyOf(retired);
      hashes = List.copyOf(hashes);
    }

    /** How many stored secrets are hashed under that key. */
    public long count(int keyId) {
      return hashes.stream().filter(row -> row.keyId() == keyId).mapToLong(HashCount::count).sum();
    }

    /** How many are due to be hashed anew, which happens at their next login. */
    public long old() {
      return hashes.stream().filter(row -> row.keyId() != newest).mapToLong(HashCount::count).sum();
    }
  }

  /** Which keys there are, as the registry keeps it. */
  private record State(int newest, Set<Integer> retired) {
    static State read(SettingStore settings) {
      return settings.find(SETTING).map(State::parse).orElse(new State(1, Set.of()));
    }

    private static State parse(String text) {
      try {
        String[] parts = text.split(";", -1);
        Set<Integer> retired =
            Arrays.stream(parts[1].split(",", -1))
                .filter(id -> !id.isEmpty())
                .map(Integer::valueOf)
                .collect(Collectors.toSet());
        return new State(Integer.parseInt(parts[0]), retired);
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new Problem(Problem.Code.CORRUPT, "the setting " + SETTING + " can't be read")
            .asException();
      }
    }

    String text() {
      return newest
          + ";"
          + new TreeSet<>(retired).stream().map(String::valueOf).collect(Collectors.joining(","));
    }
  }

  /** The keys as of the last change, for the start. */
  public static HashKeys load(TenantKeys source, SettingStore settings) {
    State state = State.read(settings);
    return HashKeys.derive(source, state.newest(), state.retired());
  }

  public Report report(Principal actor) {
    policy.requireOperator(actor);
    return report(State.read(settings));
  }

  private Report report(State state) {
    return new Report(state.newest(), state.retired(), hashes.count());
  }

  /** Makes a new newest key; what is stored is hashed anew at its next success. */
  public Report rotate(Principal actor) {
    policy.requireOperator(actor);
    changing.lock();
    try {
      State next =
          transactions.write(() -> {
            State old = State.read(settings);
            if (old.newest() >= KEYS_MAX) {
              throw new Problem(Problem.Code.LIMIT_REACHED, "there are at most 1,000 hash keys")
                  .asException();
            }
            State rotated = new State(old.newest() + 1, old.retired());
            settings.put(SETTING, rotated.text());
            record(actor, "hash-key.rotate", rotated.newest(), Map.of());
            return rotated;
          });
      keys.replace(next.newest(), next.retired());
      return report(next);
    } finally {
      changing.unlock();
    }
  }

  /**
   * Lets nothing verify under an old key any more.
   *
   * @param confirmed that the credentials still hashed under it shall be lost
   * @throws io.sallyport.platform.base.ProblemException {@code NOT_FOUND}; {@code CONFLICT} for the
   *     newest; {@code IN_USE} while credentials rest on it and that is not confirmed
   */
  public void retire(Principal actor, int keyId, boolean confirmed) {
    policy.requireOperator(actor);
    changing.lock();
    try (RevocationsUnderway.Passage _ = underway.begin()) {
      State next =
          transactions.write(() -> {
            State old = State.read(settings);
            requireRetirable(old, keyId, confirmed);
            Set<Integer> retired = new TreeSet<>(old.retired());
            retired.add(keyId);
            State changed = new State(old.newest(), retired);
            journal.record(RevocationJournal.Kind.HASH_KEY_RETIRED, Integer.toString(keyId));
            settings.put(SETTING, changed.text());
            long lost = report(old).count(keyId);
            record(actor, "hash-key.retire", keyId, Map.of("credentialsLost", Long.toString(lost)));
            return changed;
          });
      keys.replace(next.newest(), next.retired());
    } finally {
      changing.unlock();
    }
  }

  /**
   * After a restore: what was retired since the backup does not come back (THREATS T05). Joins the
   * surrounding transaction; if that fails, so does the start.
   *
   * @return whether it had come back
   */
  public boolean retireAgain(int keyId) {
    State old = State.read(settings);
    if (old.retired().contains(keyId)) {
      return false;
    }
    Set<Integer> retired = new TreeSet<>(old.retired());
    retired.add(keyId);
    State changed = new State(Math.max(old.newest(), keyId + 1), retired);
    settings.put(SETTING, changed.text());
    keys.replace(changed.newest(), changed.retired());
    return true;
  }

  private void requireRetirable(State state, int keyId, boolean confirmed) {
    if (keyId < 1 || keyId > state.newest() || state.retired().contains(keyId)) {
      throw Problem.notFound("the hash key");
    }
    if (keyId == state.newest()) {
      throw new Problem(Problem.Code.CONFLICT, "the newest hash key is in use; rotate first")
          .asException();
    }
    long live = report(state).count(keyId);
    if (live > 0 && !confirmed) {
      throw new Problem(
              Problem.Code.IN_USE,
              live
                  + " credentials are still hashed under key "
                  + keyId
                  + " and could not log in again; wait until they have logged in, or confirm that"
                  + " they shall be lost")
          .asException();
    }
  }

  private void record(Principal actor, String action, int keyId, Map<String, String> details) {
    audit.record(AuditEntry.installation(actor.auditName(), action, "hash-key:" + keyId, details));
  }
}
