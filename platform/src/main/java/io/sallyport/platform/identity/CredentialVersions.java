package io.sallyport.platform.identity;

/** Versions of tenant, subject (device or API key) and credential at login (THREATS T31). */
public record CredentialVersions(long tenant, long subject, long credential) {}
