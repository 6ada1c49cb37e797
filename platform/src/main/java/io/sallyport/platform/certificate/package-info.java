/**
 * The installation CA, server certificates, and unverified chains as TLS hands them over. Read
 * {@link io.sallyport.platform.certificate.InstallationCa} first.
 */
@NullMarked
package io.sallyport.platform.certificate;

import org.jspecify.annotations.NullMarked;
