package io.sallyport.mqtt;

/**
 * What names a session: two connections with equal keys are the same client, and the later takes
 * the earlier over (THREATS T30).
 *
 * @param scope where it lives
 * @param owner who owns it: the device, else the credential
 * @param clientId as the client gave it
 */
public record SessionKey(Scope scope, String owner, String clientId) {}
