package io.sallyport.platform.device;

import io.sallyport.platform.identity.SecretHash;
import java.time.Instant;

/** A device's token, as its verifier. */
public record DeviceCredential(
    long deviceNumber, SecretHash token, Instant created, long version) {}
