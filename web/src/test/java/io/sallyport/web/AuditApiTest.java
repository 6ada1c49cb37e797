package io.sallyport.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.audit.AuditCheckpoint;
import io.sallyport.platform.audit.AuditCheckpoints;
import io.sallyport.platform.identity.Permission;
import io.sallyport.web.Api.Answer;
import io.sallyport.web.Api.Login;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.MockMvc;

/** Audit chains, explanations and backups through the API. */
@ApiTest
final class AuditApiTest {
  @Autowired private MockMvc mvc;
  @Autowired private TestPlatform platform;
  @Autowired private AuditCheckpoints checkpoints;

  private Api api;
  private String tenant;
  private Login admin;

  @BeforeEach
  void setUp() {
    api = new Api(mvc);
    tenant = platform.newTenant();
    admin = platform.administrator(tenant);
  }

  @Test
  void a_tenants_acts_are_read_newest_first_and_verified() {
    platform.audited(tenant, "device.create", "pump/p1");
    platform.audited(tenant, "device.delete", "pump/p1");

    Answer list = api.get(admin, "/api/v1/tenants/" + tenant + "/audit?limit=1");
    assertThat(list.json().at("/items/0/action").asString()).isEqualTo("device.delete");
    assertThat(list.json().at("/items/0/outcome").asString()).isEqualTo("done");
    assertThat(list.json().at("/items/0/hash").asString()).hasSize(64);
    assertThat(list.json().has("next")).isTrue();

    Answer verified = api.get(admin, "/api/v1/tenants/" + tenant + "/audit/verify");
    assertThat(verified.json().path("intact").asBoolean()).isTrue();
    assertThat(verified.json().path("records").asLong()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void the_installations_chain_is_the_operators() {
    Login operator = platform.operator();

    assertThat(api.get(operator, "/api/v1/audit").status()).isEqualTo(200);
    assertThat(api.get(operator, "/api/v1/audit/verify").json().path("intact").asBoolean())
        .isTrue();
  }

  @Test
  void an_operator_compares_the_chains_with_checkpoints_that_were_kept_elsewhere() {
    platform.audited(tenant, "device.create", "pump/p1");
    AuditCheckpoint kept = checkpoints.make(Optional.empty());
    platform.audited(tenant, "device.delete", "pump/p1");
    Login operator = platform.operator();

    Answer same = verify(operator, kept.encode());
    assertThat(same.status()).as(same.toString()).isEqualTo(200);
    assertThat(same.json().path("intact").asBoolean()).isTrue();
    assertThat(same.json().path("newest").asLong()).isEqualTo(17);

    AuditCheckpoint forged =
        new AuditCheckpoint(kept.number(), kept.time(), kept.heads(), "0".repeat(64));
    Answer other = verify(operator, forged.encode());
    assertThat(other.json().path("intact").asBoolean()).isFalse();
    assertThat(other.json().at("/findings/0/reason").asString()).contains("signature");

    assertThat(verify(operator, "no checkpoint").status()).isEqualTo(400);
    assertThat(verify(admin, kept.encode()).status()).isEqualTo(403);
  }

  private Answer verify(Login login, String line) {
    return api.post(login, "/api/v1/audit/verify", "{\"checkpoints\":[\"" + line + "\"]}");
  }

  @Test
  void a_refusal_is_explained_to_those_who_may_know() {
    String path = "/api/v1/refusals/";
    Login reader = platform.key(tenant, Set.of(Permission.DEVICE_READ));
    String refusal = api.get(reader, "/api/v1/tenants/" + tenant + "/api-keys").text("refusal");

    Answer answer = api.get(admin, path + refusal);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(answer.text("id")).isEqualTo(refusal);
    assertThat(answer.text("text")).isNotEmpty();
    assertThat(answer.text("fix")).isNotEmpty();

    assertThat(api.get(reader, path + refusal).status()).isEqualTo(404);
    assertThat(api.get(platform.operator(), path + refusal).status()).isEqualTo(404);
    assertThat(api.get(platform.administrator(platform.newTenant()), path + refusal).status())
        .isEqualTo(404);
  }

  @Test
  void a_refusal_that_names_no_tenant_is_the_operators() {
    String refusal = api.get(null, "/api/v1/tenants").text("refusal");

    assertThat(api.get(platform.operator(), "/api/v1/refusals/" + refusal).status()).isEqualTo(200);
    assertThat(api.get(admin, "/api/v1/refusals/" + refusal).status()).isEqualTo(404);
  }

  @Test
  void an_unknown_refusal_is_not_found() {
    assertThat(api.get(admin, "/api/v1/refusals/AAAAAAAAAAAAAAAAAAAAAA").status()).isEqualTo(404);
    assertThat(api.get(admin, "/api/v1/refusals/short").status()).isEqualTo(404);
    assertThat(api.get(null, "/api/v1/refusals/short").status()).isEqualTo(401);
  }

  @Test
  void an_operator_asks_for_a_backup() {
    Answer answer = api.post(platform.operator(), "/api/v1/backup", null);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("file")).isEqualTo("backup-1");
  }
}
