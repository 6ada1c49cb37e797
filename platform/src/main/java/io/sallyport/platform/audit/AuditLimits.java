package io.sallyport.platform.audit;

/**
 * Bounds of the audit's background work.
 *
 * @param queuedEntriesMax entries that wait to be written; beyond it they are counted
 * @param openRefusalsMax different refusals whose repeats are counted at a time; beyond it they are
 *     counted together
 * @param explanationsMax explanations kept in memory; older ones are read from the chains
 * @param refusalRecordsPerMinuteMax refusal records written a minute, so that a flood of refused
 *     strangers does not fill the disk; beyond it they are counted
 */
public record AuditLimits(
    int queuedEntriesMax,
    int openRefusalsMax,
    int explanationsMax,
    int refusalRecordsPerMinuteMax) {
  public static final AuditLimits DEFAULT = new AuditLimits(10_000, 10_000, 10_000, 600);
}
