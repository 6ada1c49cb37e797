package io.sallyport.store.sql;

import static io.sallyport.platform.base.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.testing.InMemoryNumberMarks;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class PostgresUrlTest {
  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://db.example/sallyport,             db.example:5432/sallyport",
    "jdbc:postgresql://10.0.0.7:6432/s?sslmode=verify-full, 10.0.0.7:6432/s",
    "jdbc:postgresql://[2001:db8::1]:5433/s,             [2001:db8::1]:5433/s",
  })
  void a_plain_url_is_taken(String url, String expected) {
    assertThat(PostgresUrl.parse(url)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://db.example/s?sslmode=disable",
        "jdbc:postgresql://db.example/s?sslmode=require",
        "jdbc:postgresql://db.example/s?sslmode=verify-ca",
        "jdbc:postgresql://db.example/s?sslmode=verify-full&sslmode=disable",
        "jdbc:postgresql://db.example/s?sslfactory=org.postgresql.ssl.NonValidatingFactory",
        "jdbc:postgresql://db.example/s?socketFactory=any.Class&socketFactoryArg=x",
        "jdbc:postgresql://db.example/s?",
        "jdbc:postgresql://localhost/s?sslmode=require",
        "jdbc:postgresql://db.example,127.0.0.1/s",
        "jdbc:postgresql://user:password@db.example/s",
        "jdbc:postgresql://db.example:0/s",
        "jdbc:postgresql://db.example:65536/s",
        "jdbc:postgresql:s",
        "jdbc:sqlite:file",
        ""
      })
  void any_other_url_is_refused(String url) {
    assertProblem(
        Problem.Code.INVALID,
        () ->
            SqlRegistry.open(
                RegistryConfig.postgres(url, "u", Secret.of("p"), Optional.empty()),
                new FakeTenantKeys(),
                InMemoryNumberMarks.fresh(),
                new SimpleMeterRegistry()));
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://db.example/s,       verify-full",
    "jdbc:postgresql://127.example/s,      verify-full",
    "jdbc:postgresql://localhost.evil/s,   verify-full",
    "jdbc:postgresql://10.0.0.1/s,         verify-full",
    "jdbc:postgresql://localhost/s,        disable",
    "jdbc:postgresql://127.0.0.1/s,        disable",
    "jdbc:postgresql://[::1]/s,            disable",
    "jdbc:postgresql://localhost/s?sslmode=verify-full, verify-full",
  })
  void only_loopback_goes_without_tls(String url, String mode) throws SQLException {
    PGSimpleDataSource source =
        new PostgresConnections(RegistryConfig.postgres(url, "u", Secret.of("p"), Optional.empty()))
            .source();

    assertThat(source.getSslMode()).isEqualTo(mode);
  }

  @Test
  void a_configuration_does_not_print_its_password() {
    assertThat(
            RegistryConfig.postgres(
                "jdbc:postgresql://db.example/s", "u", Secret.of("hunter2"), Optional.empty()))
        .asString()
        .doesNotContain("hunter2");
  }
}
