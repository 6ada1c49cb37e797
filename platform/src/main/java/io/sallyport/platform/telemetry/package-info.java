/**
 * What devices report: ingest with back-pressure, the store interface, the feed to subscribers.
 * Read {@link io.sallyport.platform.telemetry.TelemetryIngest} first.
 */
@NullMarked
package io.sallyport.platform.telemetry;

import org.jspecify.annotations.NullMarked;
