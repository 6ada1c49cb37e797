package io.sallyport.platform.identity;

import java.time.Instant;

/** The credential of an operator of the installation; {@code key} is {@code o-<10 characters>}. */
public record OperatorKey(String key, SecretHash token, Instant created) {}
