package io.sallyport.store.sql;

import io.sallyport.platform.base.Problem;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a PostgreSQL server is, read strictly: parameters of a JDBC URL can switch certificate
 * checks off or load classes, so none is passed on.
 */
record PostgresUrl(String host, int port, String database, boolean verified) {
  private static final Pattern FORM =
      Pattern.compile(
          "jdbc:postgresql://(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?"
              + "/([A-Za-z0-9_.-]{1,63})(?:\\?(.*))?");
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[(::1|0:0:0:0:0:0:0:1)]");

  static PostgresUrl parse(String url) {
    Matcher matcher = FORM.matcher(url);
    if (!matcher.matches()) {
      throw Problem.invalid(
          "the registry's URL must read jdbc:postgresql://host[:port]/database (user and password"
              + " are settings of their own)");
    }
    String parameters = matcher.group(4);
    boolean verified = "sslmode=verify-full".equals(parameters);
    if (parameters != null && !verified) {
      throw Problem.invalid(
          "the registry's URL may have no parameter but sslmode=verify-full; connections to other"
              + " hosts are always verified");
    }
    int port = matcher.group(2) == null ? 5432 : Integer.parseInt(matcher.group(2));
    if (port < 1 || port > 65535) {
      throw Problem.invalid("the port in the registry's URL must be 1 to 65535");
    }
    return new PostgresUrl(matcher.group(1), port, matcher.group(3), verified);
  }

  boolean loopback() {
    return LOOPBACK.matcher(host).matches();
  }

  @Override
  public String toString() {
    return host + ":" + port + "/" + database;
  }
}
