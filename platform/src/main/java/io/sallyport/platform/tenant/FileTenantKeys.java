package io.sallyport.platform.tenant;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The installation's keys in two small files: tenant keys wrapped by the master key, data keys
 * wrapped by their tenant's key. Each object is one writer incarnation: it never seals under a data
 * key that it found on disk, only under ones it made itself, so nonces counted in memory can't
 * repeat, whatever was restored before (THREATS T01, T02, T04).
 *
 * <p>Thread-safe. One process at a time: the folder is locked until {@link #close}.
 */
public final class FileTenantKeys implements TenantKeys, AutoCloseable {
  private static final String LOCK_NAME = "keys.lock";
  private static final String ESCROW_STATE_NAME = "escrow.state";
  private static final int OPENING_KEYS_MAX = 1024;

  private final Path folder;
  private final MasterKey master;
  private final Clock clock;
  private final SecureRandom random;
  private final DataKeyLimits limits;
  private final TenantKeyFile tenantFile;
  private final DataKeyFile dataFile;
  private final FileChannel lockChannel;

  // Guards both files, and the changes of tenants and wrapped; reads of the maps need no lock.
  private final ReentrantLock changes = new ReentrantLock();
  private final Map<Integer, TenantKey> tenants = new ConcurrentHashMap<>();
  private final Map<Long, WrappedDataKey> wrapped = new ConcurrentHashMap<>();
  private final Cache<Long, OpeningKey> opening =
      Caffeine.newBuilder().maximumSize(OPENING_KEYS_MAX).build();

  /**
   * Opens the folder, made (0700) if it is missing.
   *
   * @param folder where the wrapped keys live: a folder of their own within the data folder
   * @throws ProblemException {@code STORAGE_FAILED} if the master key is not the right one, another
   *     process uses the folder, or it can't be read; {@code CORRUPT} if a file is damaged
   */
  public FileTenantKeys(Path folder, MasterKey master, Clock clock, SecureRandom random) {
    this(folder, master, clock, random, DataKeyLimits.DEFAULT);
  }

  FileTenantKeys(
      Path folder, MasterKey master, Clock clock, SecureRandom random, DataKeyLimits limits) {
    this.folder = folder;
    this.master = master;
    this.clock = clock;
    this.random = random;
    this.limits = limits;
    this.lockChannel = lock(folder);
    try {
      this.tenantFile = new TenantKeyFile(folder, master);
      tenantFile
          .load()
          .forEach((number, key) -> tenants.put(number, new TenantKey(key.orElse(null))));
      List<WrappedDataKey> found = new ArrayList<>();
      this.dataFile = DataKeyFile.open(folder, found);
      found.forEach(key -> wrapped.put(key.id(), key));
      if (!Files.exists(tenantFile.path())) {
        tenantFile.store(Map.of());
      }
    } catch (IOException unwritable) {
      closeQuietly(lockChannel, unwritable);
      throw KeyFaults.unwritable(folder, unwritable);
    } catch (RuntimeException refused) {
      closeQuietly(lockChannel, refused);
      throw refused;
    }
  }

  /** Whether the folder holds keys that a master key wrapped. */
  public static boolean existIn(Path folder) {
    return Files.exists(folder.resolve(TenantKeyFile.FILE_NAME));
  }

  /**
   * {@inheritDoc}
   *
   * @throws ProblemException {@code NOT_FOUND} if the tenant's key was shredded: its number never
   *     gets another; {@code STORAGE_FULL} or {@code STORAGE_FAILED}
   */
  @Override
  public void ensureTenant(int tenantNumber) {
    changes.lock();
    try {
      TenantKey existing = tenants.get(tenantNumber);
      if (existing != null) {
        existing.require(tenantNumber);
        return;
      }
      byte[] key = new byte[KeyWrap.KEY_BYTES];
      random.nextBytes(key);
      Map<Integer, Optional<byte[]>> stored = tenantKeys();
      stored.put(tenantNumber, Optional.of(key));
      storeTenants(stored);
      tenants.put(tenantNumber, new TenantKey(key));
    } finally {
      changes.unlock();
    }
  }

  @Override
  public PayloadCipher writer(int tenantNumber) {
    TenantKey tenant = tenant(tenantNumber);
    TenantWriter writer = new TenantWriter(this, tenantNumber);
    tenant.add(writer);
    // Shredding marks the key first and drops the writers after, so one of both sees the other.
    tenant.require(tenantNumber);
    return writer;
  }

  @Override
  public byte[] open(SealedContext context, byte[] sealed, int offset, int length) {
    TenantKey tenant = tenant(context.tenantNumber());
    if (length < PayloadCipher.OVERHEAD_BYTES || sealed[offset] != SealedLayout.VERSION) {
      throw corrupt("it has not the form of a sealed value", null);
    }
    long keyId = SealedLayout.getLong(sealed, offset + SealedLayout.KEY_ID_AT);
    OpeningKey key = opening.getIfPresent(keyId);
    if (key == null) {
      key = openingKey(context.tenantNumber(), tenant, keyId);
    }
    try {
      return key.open(context, sealed, offset, length);
    } catch (GeneralSecurityException refused) {
      throw corrupt("it was changed or belongs elsewhere", refused);
    }
  }

  @Override
  public void shred(int tenantNumber) {
    changes.lock();
    try {
      TenantKey tenant = tenants.computeIfAbsent(tenantNumber, _ -> new TenantKey(null));
      tenant.shred();
      wrapped
          .values()
          .removeIf(key -> {
            if (key.tenant() == tenantNumber) {
              opening.invalidate(key.id());
              return true;
            }
            return false;
          });
      storeTenants(tenantKeys());
      try {
        dataFile.replace(wrapped.values());
      } catch (IOException unwritable) {
        throw KeyFaults.unwritable(dataFile.path(), unwritable);
      }
    } finally {
      changes.unlock();
    }
  }

  @Override
  public byte[] purposeKey(String label) {
    return master.derive("purpose:" + label);
  }

  /**
   * Writes the master key's recovery copy, sealed to a passphrase (Argon2id), and notes that there
   * is one. Give a place outside this machine; the file must not exist yet.
   *
   * @throws ProblemException {@code STORAGE_FAILED} if it can't be written
   */
  public void escrow(Path file, Secret passphrase) {
    EscrowCopy.write(file, master, passphrase, random);
    String state = master.fingerprint() + " " + clock.instant() + "\n";
    Path stateFile = folder.resolve(ESCROW_STATE_NAME);
    changes.lock();
    try {
      DurableFile.replace(stateFile, state.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException unwritable) {
      throw KeyFaults.unwritable(stateFile, unwritable);
    } finally {
      changes.unlock();
    }
  }

  /** When the last recovery copy of this master key was written; empty if there is none. */
  public Optional<Instant> escrowed() {
    Path stateFile = folder.resolve(ESCROW_STATE_NAME);
    if (!Files.exists(stateFile)) {
      return Optional.empty();
    }
    try {
      String[] fields = Files.readString(stateFile, StandardCharsets.US_ASCII).strip().split(" ");
      return fields.length == 2 && fields[0].equals(master.fingerprint())
          ? Optional.of(Instant.parse(fields[1]))
          : Optional.empty();
    } catch (DateTimeException damaged) {
      // A note that can't be read counts as none: the reminder to make a copy comes back.
      return Optional.empty();
    } catch (IOException unreadable) {
      throw KeyFaults.unreadable(stateFile, unreadable);
    }
  }

  /** Releases the folder. Writers must not be used afterwards. */
  @Override
  public void close() {
    changes.lock();
    try (FileChannel _ = lockChannel) {
      tenants.values().forEach(TenantKey::forget);
      opening.invalidateAll();
      dataFile.close();
    } catch (IOException unwritable) {
      throw KeyFaults.unwritable(folder, unwritable);
    } finally {
      changes.unlock();
    }
  }

  long nowMillis() {
    return clock.millis();
  }

  /**
   * A new stream under the tenant's current data key, which is made if there is none or the current
   * one is {@code usedUp}.
   */
  SealingStream newStream(int tenantNumber, @Nullable DataKey usedUp) {
    changes.lock();
    try {
      TenantKey tenant = tenant(tenantNumber);
      DataKey key = tenant.current();
      long stream = key == null || key == usedUp || key.expired(nowMillis()) ? -1 : key.newStream();
      if (key == null || stream < 0) {
        key = makeDataKey(tenantNumber, tenant.require(tenantNumber));
        tenant.current(key);
        stream = key.newStream();
      }
      return new SealingStream(key, (int) stream);
    } finally {
      changes.unlock();
    }
  }

  private DataKey makeDataKey(int tenantNumber, byte[] tenantKey) {
    byte[] secret = new byte[KeyWrap.KEY_BYTES];
    random.nextBytes(secret);
    long id;
    do {
      id = random.nextLong();
    } while (wrapped.containsKey(id));
    long now = nowMillis();
    WrappedDataKey made =
        new WrappedDataKey(
            tenantNumber, id, now, ByteBuffer.wrap(KeyWrap.wrap(tenantKey, label(id), secret)));
    try {
      dataFile.append(made);
    } catch (IOException unwritable) {
      throw KeyFaults.unwritable(dataFile.path(), unwritable);
    }
    wrapped.put(id, made);
    return new DataKey(id, secret, now, limits);
  }

  private OpeningKey openingKey(int tenantNumber, TenantKey tenant, long keyId) {
    byte[] tenantKey = tenant.require(tenantNumber);
    WrappedDataKey found = wrapped.get(keyId);
    if (found == null || found.tenant() != tenantNumber) {
      throw corrupt("it names a data key that does not exist", null);
    }
    byte[] secret =
        KeyWrap.unwrap(tenantKey, label(keyId), found.wrappedBytes())
            .orElseThrow(() ->
                tenant.shredded()
                    ? TenantKey.missing(tenantNumber)
                    : KeyFaults.damaged(dataFile.path(), "a wrapped key"));
    OpeningKey key = new OpeningKey(keyId, secret);
    opening.put(keyId, key);
    if (tenant.shredded()) {
      opening.invalidate(keyId);
    }
    tenant.require(tenantNumber);
    return key;
  }

  private TenantKey tenant(int tenantNumber) {
    TenantKey tenant = tenants.get(tenantNumber);
    if (tenant == null) {
      throw TenantKey.missing(tenantNumber);
    }
    tenant.require(tenantNumber);
    return tenant;
  }

  private Map<Integer, Optional<byte[]>> tenantKeys() {
    Map<Integer, Optional<byte[]>> keys = new ConcurrentHashMap<>();
    tenants.forEach((number, tenant) -> keys.put(number, tenant.key()));
    return keys;
  }

  private void storeTenants(Map<Integer, Optional<byte[]>> keys) {
    try {
      tenantFile.store(keys);
    } catch (IOException unwritable) {
      throw KeyFaults.unwritable(tenantFile.path(), unwritable);
    }
  }

  private static String label(long dataKeyId) {
    return "data:" + Long.toHexString(dataKeyId);
  }

  private static ProblemException corrupt(String why, @Nullable Throwable cause) {
    Problem problem = new Problem(Problem.Code.CORRUPT, "a sealed value does not open: " + why);
    return cause == null ? problem.asException() : new ProblemException(problem, cause);
  }

  private static FileChannel lock(Path folder) {
    Path file = folder.resolve(LOCK_NAME);
    try {
      DurableFile.createFolder(folder);
      FileChannel channel = DurableFile.openOrCreate(file);
      @Nullable FileLock lock;
      try {
        lock = channel.tryLock();
      } catch (OverlappingFileLockException ourOwn) {
        lock = null;
      }
      if (lock == null) {
        channel.close();
        throw new Problem(
                Problem.Code.STORAGE_FAILED, "the key folder " + folder + " is in use already")
            .asException();
      }
      return channel;
    } catch (IOException unwritable) {
      throw KeyFaults.unwritable(file, unwritable);
    }
  }

  private static void closeQuietly(FileChannel channel, Exception cause) {
    try {
      channel.close();
    } catch (IOException also) {
      cause.addSuppressed(also);
    }
  }
}
