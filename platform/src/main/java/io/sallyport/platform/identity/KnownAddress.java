package io.sallyport.platform.identity;

import java.time.Instant;

/**
 * That a credential succeeded from an address. Both are MACs under a key of the installation, so
 * that the registry tells nobody who logs in from where.
 *
 * @param credential 32 hexadecimal digits
 * @param address 32 hexadecimal digits; of the credential and the address together
 */
public record KnownAddress(String credential, String address, Instant seen) {}
