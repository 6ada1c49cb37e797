package io.sallyport.plain;

import io.sallyport.mqtt.Router;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.space.PlainCredential;
import io.sallyport.platform.space.PlainSpace;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The spaces and credentials that have been used since the start, as they are now. Thread-safe. */
final class LiveSpaces {
  private final Router router;
  private final Map<Long, SpaceState> spaces = new ConcurrentHashMap<>();
  private final Map<Long, CredentialState> credentials = new ConcurrentHashMap<>();

  LiveSpaces(Router router) {
    this.router = router;
  }

  /** At the space's first client its retained messages are read. May block. */
  SpaceState space(PlainSpace read) {
    SpaceState state = spaces.computeIfAbsent(read.number(), _ -> opened(read));
    state.offer(read);
    return state;
  }

  private SpaceState opened(PlainSpace read) {
    router.keepRetained(PlainScopes.of(read.number()));
    return new SpaceState(read);
  }

  CredentialState credential(long number) {
    return credentials.computeIfAbsent(number, CredentialState::new);
  }

  void spaceChanged(PlainSpace space) {
    SpaceState state = spaces.get(space.number());
    if (state != null) {
      state.offer(space);
    }
  }

  void spaceDeleted(long number) {
    spaces.remove(number);
    router.deleteScope(PlainScopes.of(number));
  }

  void credentialChanged(PlainCredential credential) {
    CredentialState state = credentials.get(credential.number());
    if (state != null) {
      state.offer(credential);
      state.clients().forEach(RuledClient::rulesChanged);
    }
  }

  void credentialDeleted(PlainCredential credential) {
    CredentialState state = credentials.remove(credential.number());
    if (state != null) {
      state.delete();
    }
    router.endSessions(
        PlainScopes.of(credential.spaceNumber()), PlainScopes.owner(credential.number()));
  }

  /** Its connections have been closed. */
  void tenantDeleted(TenantId tenant) {
    for (SpaceState state : spaces.values()) {
      if (state.space().tenant().equals(tenant)) {
        spaceDeleted(state.space().number());
      }
    }
    for (CredentialState state : credentials.values()) {
      PlainCredential credential = state.usable();
      if (credential != null && credential.tenant().equals(tenant)) {
        credentialDeleted(credential);
      }
    }
  }
}
