package io.sallyport.platform.tenant;

import static io.sallyport.platform.base.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Pages;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link TenantStore} must do. */
public interface TenantStoreContract {
  TenantId ACME = new TenantId("acme01");
  Instant NOW = Instant.parse("2026-01-02T03:04:05.678901234Z");
  TenantSettings SETTINGS = new TenantSettings(Duration.ofDays(7), 123_456_789_012L, true, 3, true);

  TenantStore tenants();

  private Tenant create(String id) {
    return tenants().create(new TenantId(id), id, TenantSettings.DEFAULT, NOW);
  }

  @Test
  default void a_created_tenant_is_found_by_id_and_number() {
    Tenant created = tenants().create(ACME, "Ácme & Söhne 🏭", SETTINGS, NOW);

    assertThat(created.id()).isEqualTo(ACME);
    assertThat(created.name()).isEqualTo("Ácme & Söhne 🏭");
    assertThat(created.status()).isEqualTo(TenantStatus.ACTIVE);
    assertThat(created.settings()).isEqualTo(SETTINGS);
    assertThat(created.created()).isEqualTo(NOW);
    assertThat(created.updated()).isEqualTo(NOW);
    assertThat(created.number()).isPositive();
    assertThat(tenants().find(ACME)).contains(created);
    assertThat(tenants().findByNumber(created.number())).contains(created);
  }

  @Test
  default void an_unknown_tenant_is_not_found() {
    assertThat(tenants().find(ACME)).isEmpty();
    assertThat(tenants().findByNumber(4711)).isEmpty();
  }

  @Test
  default void an_id_in_use_is_refused() {
    create("acme01");

    assertProblem(Problem.Code.ALREADY_EXISTS, () -> create("acme01"));
  }

  @Test
  default void numbers_differ() {
    assertThat(create("acme01").number()).isNotEqualTo(create("acme02").number());
  }

  @Test
  default void a_deleted_tenant_is_gone_and_its_id_is_never_given_again() {
    Tenant deleted = create("acme01");

    tenants().delete(ACME, NOW);

    assertThat(tenants().find(ACME)).isEmpty();
    assertThat(tenants().findByNumber(deleted.number())).isEmpty();
    assertThat(tenants().list(PageRequest.first(10)).items()).isEmpty();
    assertProblem(Problem.Code.ALREADY_EXISTS, () -> create("acme01"));
  }

  @Test
  default void a_retired_id_is_never_given() {
    assertThat(tenants().retire(ACME, NOW)).isTrue();

    assertThat(tenants().find(ACME)).isEmpty();
    assertThat(tenants().retire(ACME, NOW)).isFalse();
    assertProblem(Problem.Code.ALREADY_EXISTS, () -> create("acme01"));
  }

  @Test
  default void retiring_an_id_in_use_changes_nothing() {
    Tenant tenant = create("acme01");

    assertThat(tenants().retire(ACME, NOW)).isFalse();

    assertThat(tenants().find(ACME)).contains(tenant);
  }

  @Test
  default void the_number_of_a_deleted_tenant_is_never_given_again() {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Tenant tenant = create("acme0" + i);
      numbers.add(tenant.number());
      tenants().delete(tenant.id(), NOW);
    }

    assertThat(numbers).doesNotHaveDuplicates();
  }

  @Test
  default void an_update_replaces_name_status_and_settings_and_raises_the_version() {
    Tenant created = create("acme01");
    Instant later = NOW.plusSeconds(60);

    Tenant updated = tenants().update(ACME, "New", TenantStatus.SUSPENDED, SETTINGS, later);

    assertThat(updated)
        .isEqualTo(
            new Tenant(
                ACME,
                created.number(),
                "New",
                TenantStatus.SUSPENDED,
                SETTINGS,
                NOW,
                later,
                updated.version()));
    assertThat(updated.version()).isGreaterThan(created.version());
    assertThat(tenants().find(ACME)).contains(updated);
  }

  @Test
  default void updating_an_unknown_tenant_is_refused() {
    assertProblem(
        Problem.Code.NOT_FOUND,
        () -> tenants().update(ACME, "New", TenantStatus.ACTIVE, SETTINGS, NOW));
  }

  @Test
  default void tenants_are_listed_by_id_in_pages() {
    for (String id : List.of("zzz999", "aaa000", "mmm555", "0aaaaa", "mmm556")) {
      create(id);
    }

    assertThat(Pages.all(2, tenants()::list))
        .extracting(tenant -> tenant.id().value())
        .containsExactly("0aaaaa", "aaa000", "mmm555", "mmm556", "zzz999");
  }

  @Test
  default void a_last_page_that_is_just_full_has_no_next() {
    create("acme01");
    create("acme02");

    assertThat(tenants().list(PageRequest.first(2)).next()).isEmpty();
  }

  @Test
  default void a_page_continues_where_it_was_though_its_last_item_is_gone() {
    create("acme01");
    create("acme02");
    create("acme03");
    String next = tenants().list(PageRequest.first(2)).next().orElseThrow();

    tenants().delete(new TenantId("acme02"), NOW);

    assertThat(tenants().list(PageRequest.first(2).next(next)).items())
        .extracting(Tenant::name)
        .containsExactly("acme03");
  }

  @Test
  default void an_altered_cursor_is_refused() {
    create("acme01");
    create("acme02");
    String next = tenants().list(PageRequest.first(1)).next().orElseThrow();

    for (String bad : Pages.badCursors(next)) {
      assertProblem(Problem.Code.BAD_CURSOR, () -> tenants().list(PageRequest.first(1).next(bad)));
    }
  }
}
