package io.sallyport.platform.space;

import io.sallyport.platform.base.TenantId;
import java.time.Instant;

/**
 * A topic space of a tenant in which any topic may be used, subject to access rules. Nothing in it
 * is visible outside it but through a {@link Bridge}.
 *
 * @param number internal number, never reused (THREATS T15)
 * @param version raised at every change
 */
public record PlainSpace(
    TenantId tenant,
    long number,
    String name,
    Acknowledge acknowledge,
    DeniedPublish deniedPublish,
    Instant created,
    long version) {

  /** When QoS 1 and 2 are acknowledged. */
  public enum Acknowledge {
    /** When what must survive is on disk. */
    DURABLE,
    /** When the message has been received, as other brokers do. */
    RECEIVED
  }

  /** What becomes of a client of MQTT 3.x that publishes where it may not (v3: MQTT-3.3.5-2). */
  public enum DeniedPublish {
    /** The message is acknowledged, dropped and counted. */
    DROP,
    /** The connection is closed. */
    CLOSE
  }

  PlainSpace with(Acknowledge newAcknowledge, DeniedPublish newDeniedPublish) {
    return new PlainSpace(tenant, number, name, newAcknowledge, newDeniedPublish, created, version);
  }
}
