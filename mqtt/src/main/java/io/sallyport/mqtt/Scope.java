package io.sallyport.mqtt;

/**
 * An opaque isolation key of the subscription index and the retained messages: nothing crosses from
 * one scope to another, whatever bytes a client sends. Compared by {@code equals}.
 *
 * @param owner the contract that made it, e.g. {@code watson}
 * @param number the contract's number for it, e.g. a tenant's internal number
 */
public record Scope(String owner, long number) {}
