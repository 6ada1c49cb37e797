package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Admission;

/**
 * An admitted connection's demand for the session of its key. Claims are numbered: of two that race
 * the later wins (MESSAGING.md section 4).
 */
record SessionClaim(
    long number, Login login, LoopContext loop, Admission.Admitted admitted, boolean cleanStart) {}
