/**
 * The system of record: the registry stores of {@code platform} over SQLite or PostgreSQL. SQL,
 * jOOQ and JDBC stay inside. May import {@code platform}. Read {@link
 * io.sallyport.store.sql.SqlRegistry} first, then {@code Database}, {@code GroupCommit} and one
 * store.
 */
@NullMarked
package io.sallyport.store.sql;

import org.jspecify.annotations.NullMarked;
