package io.sallyport.platform.identity;

import io.sallyport.platform.base.Secret;

/** A new API key with its token, which is shown this once. */
public record IssuedApiKey(ApiKey key, Secret token) {}
