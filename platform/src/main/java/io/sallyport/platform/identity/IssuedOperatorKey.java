package io.sallyport.platform.identity;

import io.sallyport.platform.base.Secret;

/** A new operator key with its token, which is shown this once. */
public record IssuedOperatorKey(OperatorKey key, Secret token) {}
