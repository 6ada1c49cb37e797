package io.sallyport.store.sql;

import static io.sallyport.store.sql.Columns.FLAG;
import static io.sallyport.store.sql.Columns.INT;
import static io.sallyport.store.sql.Columns.TEXT;
import static io.sallyport.store.sql.Columns.TIME;
import static io.sallyport.store.sql.Columns.column;

import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.SecretHash;
import io.sallyport.platform.space.AccessRule;
import io.sallyport.platform.space.ClientIdRule;
import io.sallyport.platform.space.PlainCredential;
import io.sallyport.platform.space.PlainLimits;
import io.sallyport.platform.space.PlainSpace;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/** The tables of plain spaces and their credentials: what they are in rows. */
final class PlainColumns {
  static final Table<Record> LOGIN_NAMES = Columns.table("login_names");
  static final Field<String> LOGIN_TENANT = column(LOGIN_NAMES, "tenant_id", TEXT);
  static final Field<String> LOGIN_NAME = column(LOGIN_NAMES, "name", TEXT);
  static final Field<String> LOGIN_KIND = column(LOGIN_NAMES, "kind", TEXT);

  static final Table<Record> SPACES = Columns.table("plain_spaces");
  static final Field<Long> S_NUMBER = column(SPACES, "number", INT);
  static final Field<String> S_TENANT = column(SPACES, "tenant_id", TEXT);
  static final Field<String> S_NAME = column(SPACES, "name", TEXT);
  static final Field<String> S_ACKNOWLEDGE = column(SPACES, "acknowledge", TEXT);
  static final Field<String> S_DENIED = column(SPACES, "denied_publish", TEXT);
  static final Field<Instant> S_CREATED = column(SPACES, "created", TIME);
  static final Field<Long> S_VERSION = column(SPACES, "version", INT);
  static final List<Field<?>> SPACE =
      List.of(S_NUMBER, S_TENANT, S_NAME, S_ACKNOWLEDGE, S_DENIED, S_CREATED, S_VERSION);

  static final Table<Record> CREDENTIALS = Columns.table("plain_credentials");
  static final Field<Long> C_NUMBER = column(CREDENTIALS, "number", INT);
  static final Field<String> C_TENANT = column(CREDENTIALS, "tenant_id", TEXT);
  static final Field<String> C_NAME = column(CREDENTIALS, "name", TEXT);
  static final Field<String> C_SPACE = column(CREDENTIALS, "space", TEXT);
  static final Field<Long> C_SPACE_NUMBER = column(CREDENTIALS, "space_number", INT);
  private static final HashColumns PASSWORD = HashColumns.of(CREDENTIALS);
  private static final Field<String> CLIENT_IDS = column(CREDENTIALS, "client_ids", TEXT);
  private static final Field<String> RULES = column(CREDENTIALS, "rules", TEXT);
  private static final Field<Long> CONNECTIONS_MAX = column(CREDENTIALS, "connections_max", INT);
  private static final Field<Long> SESSIONS_MAX = column(CREDENTIALS, "sessions_max", INT);
  private static final Field<Long> RETAINED_MAX = column(CREDENTIALS, "retained_max", INT);
  private static final Field<Long> RETAINED_BYTES_MAX =
      column(CREDENTIALS, "retained_bytes_max", INT);
  private static final Field<Boolean> ENABLED = column(CREDENTIALS, "enabled", FLAG);
  static final Field<Instant> C_CREATED = column(CREDENTIALS, "created", TIME);
  static final Field<Long> C_VERSION = column(CREDENTIALS, "version", INT);
  static final Field<Long> C_REVISION = column(CREDENTIALS, "revision", INT);
  static final List<Field<?>> CREDENTIAL =
      List.of(
          C_NUMBER,
          C_TENANT,
          C_NAME,
          C_SPACE,
          C_SPACE_NUMBER,
          PASSWORD.scheme(),
          PASSWORD.key(),
          PASSWORD.hash(),
          CLIENT_IDS,
          RULES,
          CONNECTIONS_MAX,
          SESSIONS_MAX,
          RETAINED_MAX,
          RETAINED_BYTES_MAX,
          ENABLED,
          C_CREATED,
          C_VERSION,
          C_REVISION);

  private PlainColumns() {}

  static PlainSpace space(Record row) {
    return new PlainSpace(
        new TenantId(row.get(S_TENANT)),
        row.get(S_NUMBER),
        row.get(S_NAME),
        PlainSpace.Acknowledge.valueOf(row.get(S_ACKNOWLEDGE)),
        PlainSpace.DeniedPublish.valueOf(row.get(S_DENIED)),
        row.get(S_CREATED),
        row.get(S_VERSION));
  }

  /** The columns that an update replaces. */
  static Map<Field<?>, @Nullable Object> changeable(PlainCredential credential) {
    Map<Field<?>, @Nullable Object> values = new LinkedHashMap<>();
    Optional<SecretHash> password = credential.password();
    values.put(PASSWORD.scheme(), password.map(SecretHash::scheme).orElse(null));
    values.put(PASSWORD.key(), password.map(hash -> (long) hash.keyId()).orElse(null));
    values.put(PASSWORD.hash(), password.map(SecretHash::text).orElse(null));
    values.put(CLIENT_IDS, credential.clientIds().text());
    values.put(
        RULES, JsonTexts.ordered(credential.rules().stream().map(AccessRule::text).toList()));
    values.put(CONNECTIONS_MAX, (long) credential.limits().connectionsMax());
    values.put(SESSIONS_MAX, (long) credential.limits().sessionsMax());
    values.put(RETAINED_MAX, (long) credential.limits().retainedMessagesMax());
    values.put(RETAINED_BYTES_MAX, credential.limits().retainedBytesMax());
    values.put(ENABLED, credential.enabled());
    return values;
  }

  static PlainCredential credential(Record row) {
    @Nullable String scheme = row.get(PASSWORD.scheme());
    return new PlainCredential(
        new TenantId(row.get(C_TENANT)),
        row.get(C_NUMBER),
        row.get(C_SPACE),
        row.get(C_SPACE_NUMBER),
        row.get(C_NAME),
        scheme == null ? Optional.empty() : Optional.of(PASSWORD.read(row)),
        ClientIdRule.parse(row.get(CLIENT_IDS)),
        JsonTexts.list(row.get(RULES)).stream().map(AccessRule::parse).toList(),
        new PlainLimits(
            Math.toIntExact(row.get(CONNECTIONS_MAX)),
            Math.toIntExact(row.get(SESSIONS_MAX)),
            Math.toIntExact(row.get(RETAINED_MAX)),
            row.get(RETAINED_BYTES_MAX)),
        row.get(ENABLED),
        row.get(C_CREATED),
        row.get(C_VERSION),
        row.get(C_REVISION));
  }
}
