package io.sallyport.platform.identity;

import java.net.InetSocketAddress;

/**
 * Where a login comes from, for throttles and audit.
 *
 * @param listener name of the listener, e.g. {@code mqtts}, {@code https}
 * @param secure whether it came over TLS
 */
public record LoginSource(InetSocketAddress remote, String listener, boolean secure) {}
