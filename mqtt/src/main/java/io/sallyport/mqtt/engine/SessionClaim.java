package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Admission;
import java.time.Duration;

/**
 * An admitted connection's demand for the session of its key. Claims are numbered: of two that race
 * the later wins (MESSAGING.md section 4).
 *
 * @param keepFor how long the session is to outlive the connection, within all limits
 */
record SessionClaim(
    long number,
    Login login,
    LoopContext loop,
    Admission.Admitted admitted,
    boolean cleanStart,
    Duration keepFor) {}
