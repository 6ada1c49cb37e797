package io.sallyport.platform.audit;

import java.time.Instant;

/**
 * An entry in its chain.
 *
 * @param sequence 1 for a chain's first record, rising by one
 * @param previousHash hex SHA-256 of the record before, 64 zeros for the first
 * @param hash hex SHA-256 over the canonical form of all other members
 */
public record AuditRecord(
    long sequence, Instant time, AuditEntry entry, String previousHash, String hash) {}
