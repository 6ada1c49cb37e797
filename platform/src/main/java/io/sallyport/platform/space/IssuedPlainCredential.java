package io.sallyport.platform.space;

import io.sallyport.platform.base.Secret;
import java.util.Optional;

/** A credential and the password that was made for it, told this once. */
public record IssuedPlainCredential(PlainCredential credential, Optional<Secret> password) {}
