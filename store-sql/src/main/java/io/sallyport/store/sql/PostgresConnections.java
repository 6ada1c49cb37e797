package io.sallyport.store.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.ssl.DefaultJavaSSLFactory;

/** Opens connections to the registry's PostgreSQL server, all set the same way. */
final class PostgresConnections {
  private static final int CONNECT_SECONDS_MAX = 10;
  private static final int ANSWER_SECONDS_MAX = 120;

  private final PostgresUrl url;
  private final PGSimpleDataSource source;

  PostgresConnections(RegistryConfig.Postgres config) throws SQLException {
    this.url = PostgresUrl.parse(config.url());
    this.source = new PGSimpleDataSource();
    source.setServerNames(new String[] {url.host()});
    source.setPortNumbers(new int[] {url.port()});
    source.setDatabaseName(url.database());
    source.setUser(config.user());
    source.setPassword(config.password().revealText());
    source.setApplicationName("sallyport");
    source.setConnectTimeout(CONNECT_SECONDS_MAX);
    source.setLoginTimeout(CONNECT_SECONDS_MAX);
    source.setSocketTimeout(ANSWER_SECONDS_MAX);
    source.setTcpKeepAlive(true);
    // Error details would carry values into logs (THREATS T03).
    source.setProperty(PGProperty.LOG_SERVER_ERROR_DETAIL, "false");
    // THREATS: what leaves the machine is encrypted, and the server proves who it is.
    if (url.loopback() && !url.verified() && config.rootCertificate().isEmpty()) {
      source.setSslMode("disable");
    } else {
      source.setSslMode("verify-full");
      if (config.rootCertificate().isPresent()) {
        source.setSslRootCert(config.rootCertificate().get().toString());
      } else {
        source.setSslfactory(DefaultJavaSSLFactory.class.getName());
      }
    }
  }

  PostgresUrl url() {
    return url;
  }

  PGSimpleDataSource source() {
    return source;
  }

  HikariDataSource pool(int connections) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("registry");
    config.setDataSource(source);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECT_SECONDS_MAX * 1000L);
    return new HikariDataSource(config);
  }
}
