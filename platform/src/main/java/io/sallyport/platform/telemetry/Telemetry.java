package io.sallyport.platform.telemetry;

/** What a device reports. Measurements and alarms join with the contract that has them. */
public sealed interface Telemetry permits Event {}
