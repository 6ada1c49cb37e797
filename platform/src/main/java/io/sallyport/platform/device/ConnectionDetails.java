package io.sallyport.platform.device;

import java.time.Instant;

/**
 * What is known of an open connection, for whoever may read connections (THREATS T36).
 *
 * @param since when it was let in
 * @param address of the peer, without port
 * @param secure whether it came over TLS
 * @param contract whose protocol it speaks, e.g. {@code watson}
 * @param clientId as the client gave it
 */
public record ConnectionDetails(
    Instant since, String address, boolean secure, String contract, String clientId) {}
