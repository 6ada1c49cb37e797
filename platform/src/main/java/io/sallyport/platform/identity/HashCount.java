package io.sallyport.platform.identity;

/**
 * How many stored secrets verify by one scheme under one server key.
 *
 * @param holder whose secrets: {@code devices}, {@code api-keys} or {@code operator-keys}
 */
public record HashCount(String holder, String scheme, int keyId, long count) {}
