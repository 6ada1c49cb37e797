package io.sallyport.platform.telemetry;

/** An event and its place in its tenant's log: positions rise, without being dense. */
public record StoredEvent(long position, Event event) {}
