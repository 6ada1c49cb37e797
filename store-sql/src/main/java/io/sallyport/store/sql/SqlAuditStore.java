package io.sallyport.store.sql;

import static io.sallyport.store.sql.Columns.INT;
import static io.sallyport.store.sql.Columns.TEXT;
import static io.sallyport.store.sql.Columns.TIME;
import static io.sallyport.store.sql.Columns.column;

import io.sallyport.platform.audit.AuditEntry;
import io.sallyport.platform.audit.AuditRecord;
import io.sallyport.platform.audit.AuditStore;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** Audit chains in the registry (THREATS T46). */
final class SqlAuditStore implements AuditStore {
  /** The installation's own chain; no tenant id reads so. */
  private static final String INSTALLATION = "-";

  private static final Table<Record> RECORDS = Columns.table("audit_records");
  private static final Field<String> CHAIN = column(RECORDS, "chain", TEXT);
  private static final Field<Long> SEQUENCE = column(RECORDS, "sequence", INT);
  private static final Field<Instant> RECORDED = column(RECORDS, "recorded", TIME);
  private static final Field<String> ACTOR = column(RECORDS, "actor", TEXT);
  private static final Field<String> ACTION = column(RECORDS, "action", TEXT);
  private static final Field<String> TARGET = column(RECORDS, "target", TEXT);
  private static final Field<String> OUTCOME = column(RECORDS, "outcome", TEXT);
  private static final Field<String> REFUSAL = column(RECORDS, "refusal", TEXT);
  private static final Field<String> DETAILS = column(RECORDS, "details", TEXT);
  private static final Field<String> PREVIOUS_HASH = column(RECORDS, "previous_hash", TEXT);
  private static final Field<String> HASH = column(RECORDS, "hash", TEXT);
  private static final List<Field<?>> ALL =
      List.of(
          CHAIN,
          SEQUENCE,
          RECORDED,
          ACTOR,
          ACTION,
          TARGET,
          OUTCOME,
          REFUSAL,
          DETAILS,
          PREVIOUS_HASH,
          HASH);

  private final Database database;

  SqlAuditStore(Database database) {
    this.database = database;
  }

  /**
   * In a transaction the chain stays locked until its commit, so that what is appended next to this
   * head is next to it.
   */
  @Override
  public Optional<AuditRecord> head(Optional<TenantId> chain) {
    return database.read(sql -> {
      if (database.mustLock()) {
        lock(sql, name(chain));
      }
      return sql.select(ALL)
          .from(RECORDS)
          .where(CHAIN.eq(name(chain)))
          .orderBy(SEQUENCE.desc())
          .limit(1)
          .fetchOptional(SqlAuditStore::auditRecord);
    });
  }

  @Override
  public void append(AuditRecord record) {
    AuditEntry entry = record.entry();
    String chain = name(entry.tenant());
    database.change(
        Change.of("audit record " + chain + "/" + record.sequence()),
        sql ->
            sql.insertInto(RECORDS)
                .set(CHAIN, chain)
                .set(SEQUENCE, record.sequence())
                .set(RECORDED, record.time())
                .set(ACTOR, entry.actor())
                .set(ACTION, entry.action())
                .set(TARGET, entry.target())
                .set(OUTCOME, entry.outcome().name())
                .set(REFUSAL, entry.refusal().map(RefusalId::value).orElse(null))
                .set(DETAILS, JsonTexts.of(entry.details()))
                .set(PREVIOUS_HASH, record.previousHash())
                .set(HASH, record.hash())
                .execute());
  }

  @Override
  public Page<AuditRecord> list(Optional<TenantId> chain, PageRequest page) {
    return database.read(sql ->
        new Keyset("audit/" + name(chain), List.of(SEQUENCE), true)
            .fetch(
                sql.select(ALL).from(RECORDS).where(CHAIN.eq(name(chain))),
                page,
                SqlAuditStore::auditRecord));
  }

  @Override
  public List<AuditRecord> range(Optional<TenantId> chain, long fromSequence, int limit) {
    return database.read(sql ->
        sql.select(ALL)
            .from(RECORDS)
            .where(CHAIN.eq(name(chain)))
            .and(SEQUENCE.ge(fromSequence))
            .orderBy(SEQUENCE)
            .limit(limit)
            .fetch(SqlAuditStore::auditRecord));
  }

  @Override
  public Optional<AuditRecord> findByRefusal(RefusalId id) {
    return database.read(sql ->
        sql.select(ALL)
            .from(RECORDS)
            .where(REFUSAL.eq(id.value()))
            .orderBy(RECORDED.desc(), SEQUENCE.desc())
            .limit(1)
            .fetchOptional(SqlAuditStore::auditRecord));
  }

  /** One seek in the index per chain, however long the chains are. */
  @Override
  public List<Optional<TenantId>> chains() {
    return database.read(sql -> {
      List<Optional<TenantId>> chains = new ArrayList<>();
      String last = "";
      while (true) {
        String next =
            sql.select(DSL.min(CHAIN))
                .from(RECORDS)
                .where(CHAIN.gt(last))
                .fetchOne(0, String.class);
        if (next == null) {
          return chains;
        }
        chains.add(tenant(next));
        last = next;
      }
    });
  }

  /**
   * PostgreSQL only. A lock on the chain's name, since its head is another row after each append.
   */
  private static void lock(DSLContext sql, String chain) {
    sql.fetch("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", "audit chain " + chain);
  }

  private static String name(Optional<TenantId> chain) {
    return chain.map(TenantId::value).orElse(INSTALLATION);
  }

  private static Optional<TenantId> tenant(String chain) {
    return chain.equals(INSTALLATION) ? Optional.empty() : Optional.of(new TenantId(chain));
  }

  private static AuditRecord auditRecord(Record row) {
    AuditEntry entry =
        new AuditEntry(
            tenant(row.get(CHAIN)),
            row.get(ACTOR),
            row.get(ACTION),
            row.get(TARGET),
            AuditEntry.Outcome.valueOf(row.get(OUTCOME)),
            Optional.ofNullable(row.get(REFUSAL)).map(RefusalId::new),
            JsonTexts.map(row.get(DETAILS)));
    return new AuditRecord(
        row.get(SEQUENCE), row.get(RECORDED), entry, row.get(PREVIOUS_HASH), row.get(HASH));
  }
}
