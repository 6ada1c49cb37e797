package io.sallyport.store.sql;

import io.sallyport.platform.base.Secret;
import java.nio.file.Path;
import java.util.Optional;

/** Which database holds the registry, and its limits. */
public sealed interface RegistryConfig {
  int READERS = 2;
  int CONNECTIONS = 10;
  int WRITES_WAITING_MAX = 4096;
  int READS_WAITING_MAX = 1024;

  /** Changes that may wait for their commit; further ones are {@code UNAVAILABLE}. */
  int writesWaitingMax();

  /**
   * A file of this process alone.
   *
   * @param file the database; {@code -wal} and {@code -shm} appear beside it
   * @param readers platform threads that read, each with its connection
   * @param readsWaitingMax reads that may wait for one of them; further ones are {@code
   *     UNAVAILABLE}
   */
  record Sqlite(Path file, int readers, int readsWaitingMax, int writesWaitingMax)
      implements RegistryConfig {
    public Sqlite {
      requirePositive(readers, readsWaitingMax, writesWaitingMax);
      file = file.toAbsolutePath();
    }
  }

  /**
   * A PostgreSQL server (16 or newer). Connections to any host but loopback are TLS with the
   * server's certificate and name verified; there is no way to weaken that.
   *
   * @param url {@code jdbc:postgresql://host[:port]/database}, with no parameters but {@code
   *     sslmode=verify-full}
   * @param rootCertificate PEM file of the CA that signed the server's certificate; empty: the CAs
   *     that the Java runtime trusts. When given, TLS is used to loopback too
   * @param connections size of the pool
   */
  record Postgres(
      String url,
      String user,
      Secret password,
      Optional<Path> rootCertificate,
      int connections,
      int writesWaitingMax)
      implements RegistryConfig {
    public Postgres {
      requirePositive(connections, writesWaitingMax);
    }
  }

  static Sqlite sqlite(Path file) {
    return new Sqlite(file, READERS, READS_WAITING_MAX, WRITES_WAITING_MAX);
  }

  static Postgres postgres(
      String url, String user, Secret password, Optional<Path> rootCertificate) {
    return new Postgres(url, user, password, rootCertificate, CONNECTIONS, WRITES_WAITING_MAX);
  }

  private static void requirePositive(int... values) {
    for (int value : values) {
      if (value < 1) {
        throw new IllegalArgumentException("limits of the registry must be positive");
      }
    }
  }
}
