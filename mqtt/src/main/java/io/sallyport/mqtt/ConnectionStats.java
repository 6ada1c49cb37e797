package io.sallyport.mqtt;

/** Counts of one connection; read means client to server, messages are PUBLISH packets. */
public record ConnectionStats(
    long connectedAtMillis,
    long readBytes,
    long readMessages,
    long writtenBytes,
    long writtenMessages) {}
