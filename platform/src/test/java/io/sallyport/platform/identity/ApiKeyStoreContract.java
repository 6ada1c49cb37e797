package io.sallyport.platform.identity;

import static io.sallyport.platform.base.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Pages;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStore;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link ApiKeyStore} must do. */
public interface ApiKeyStoreContract {
  TenantId ACME = new TenantId("acme01");
  TenantId OTHER = new TenantId("other1");
  Instant NOW = Instant.parse("2026-01-02T03:04:05.678901234Z");

  TenantStore tenants();

  ApiKeyStore apiKeys();

  private static ApiKey aKey(TenantId tenant, String name) {
    return new ApiKey(
        tenant,
        "a-" + tenant + "-" + name,
        new SecretHash("hmac", 3, "c2FsdA:aGFzaA"),
        Set.of("PD_STANDARD_APP", "own \"role\""),
        "for the test bench",
        true,
        NOW,
        1);
  }

  @BeforeEach
  default void createTenants() {
    tenants().create(ACME, "Acme", TenantSettings.DEFAULT, NOW);
    tenants().create(OTHER, "Other", TenantSettings.DEFAULT, NOW);
  }

  @Test
  default void an_inserted_key_is_found() {
    ApiKey key = aKey(ACME, "abcdefghij");

    apiKeys().insert(key);

    assertThat(apiKeys().find(key.key())).contains(key);
    assertThat(apiKeys().find(key.key().toUpperCase(java.util.Locale.ROOT))).isEmpty();
    assertThat(apiKeys().find("a-acme01-unknown")).isEmpty();
  }

  @Test
  default void a_key_in_use_is_refused() {
    apiKeys().insert(aKey(ACME, "abcdefghij"));

    assertProblem(Problem.Code.ALREADY_EXISTS, () -> apiKeys().insert(aKey(ACME, "abcdefghij")));
  }

  @Test
  default void an_update_replaces_token_roles_comment_and_enabled_and_raises_the_version() {
    ApiKey key = aKey(ACME, "abcdefghij");
    apiKeys().insert(key);
    ApiKey change =
        new ApiKey(
            ACME,
            key.key(),
            new SecretHash("argon2id", 4, "other"),
            Set.of(),
            "",
            false,
            NOW.plusSeconds(9),
            77);

    ApiKey updated = apiKeys().update(change);

    assertThat(updated)
        .isEqualTo(
            new ApiKey(
                ACME, key.key(), change.token(), Set.of(), "", false, NOW, updated.version()));
    assertThat(updated.version()).isGreaterThan(key.version());
    assertThat(apiKeys().find(key.key())).contains(updated);
  }

  @Test
  default void updating_an_unknown_key_is_refused() {
    assertProblem(Problem.Code.NOT_FOUND, () -> apiKeys().update(aKey(ACME, "abcdefghij")));
  }

  @Test
  default void updating_a_key_as_another_tenants_is_refused_and_changes_nothing() {
    ApiKey key = aKey(ACME, "abcdefghij");
    apiKeys().insert(key);
    ApiKey foreign =
        new ApiKey(
            OTHER, key.key(), key.token(), key.roles(), "taken over", true, NOW, key.version());

    assertProblem(Problem.Code.NOT_FOUND, () -> apiKeys().update(foreign));

    assertThat(apiKeys().find(key.key())).contains(key);
  }

  @Test
  default void a_deleted_key_is_gone() {
    ApiKey key = aKey(ACME, "abcdefghij");
    apiKeys().insert(key);

    assertThat(apiKeys().delete(ACME, key.key())).isTrue();

    assertThat(apiKeys().find(key.key())).isEmpty();
    assertThat(apiKeys().delete(ACME, key.key())).isFalse();
  }

  @Test
  default void another_tenants_key_is_not_deleted() {
    ApiKey key = aKey(ACME, "abcdefghij");
    apiKeys().insert(key);

    assertThat(apiKeys().delete(OTHER, key.key())).isFalse();

    assertThat(apiKeys().find(key.key())).contains(key);
  }

  @Test
  default void a_tenants_keys_are_listed_and_counted_alone() {
    for (String name : new String[] {"c", "a", "b", "Z"}) {
      apiKeys().insert(aKey(ACME, name));
    }
    apiKeys().insert(aKey(OTHER, "x"));

    assertThat(Pages.all(3, page -> apiKeys().list(ACME, page)))
        .extracting(ApiKey::key)
        .containsExactly("a-acme01-Z", "a-acme01-a", "a-acme01-b", "a-acme01-c");
    assertThat(apiKeys().count(ACME)).isEqualTo(4);
    assertThat(apiKeys().count(OTHER)).isEqualTo(1);
  }

  @Test
  default void a_cursor_of_another_tenants_list_is_refused() {
    apiKeys().insert(aKey(ACME, "a"));
    apiKeys().insert(aKey(ACME, "b"));
    apiKeys().insert(aKey(OTHER, "x"));
    String next = apiKeys().list(ACME, PageRequest.first(1)).next().orElseThrow();

    assertProblem(
        Problem.Code.BAD_CURSOR, () -> apiKeys().list(OTHER, PageRequest.first(1).next(next)));
  }
}
