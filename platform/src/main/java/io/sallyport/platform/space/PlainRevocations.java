package io.sallyport.platform.space;

import io.sallyport.platform.base.RevocationJournal.Entry;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.device.RevocationReplay;
import java.util.List;
import java.util.Optional;

/**
 * Takes away again, after a restore, what was taken from plain spaces since the backup (THREATS
 * T05). A credential whose password, rules or client ids were changed is disabled: those of the
 * backup may open more than the later ones, so it waits for a person.
 */
public final class PlainRevocations implements RevocationReplay.Elsewhere {
  private final PlainSpaceStore store;

  public PlainRevocations(PlainSpaceStore store) {
    this.store = store;
  }

  @Override
  public boolean apply(Entry entry) {
    List<String> ids = entry.ids();
    return switch (entry.kind()) {
      case PLAIN_SPACE_DELETED -> deleteSpace(ids);
      case PLAIN_CREDENTIAL_CHANGED, PLAIN_CREDENTIAL_DISABLED ->
          credential(ids).filter(PlainCredential::enabled).map(this::disable).orElse(false);
      case PLAIN_CREDENTIAL_DELETED ->
          credential(ids)
              .map(found -> store.deleteCredential(found.tenant(), found.name()))
              .orElse(false);
      case BRIDGE_STOPPED ->
          store
              .findBridge(new TenantId(ids.get(0)), ids.get(1), ids.get(2))
              .filter(found -> found.number() == Long.parseLong(ids.get(3)))
              .filter(found -> found.stopped().isEmpty())
              .map(this::stop)
              .orElse(false);
      case PLAIN_CREDENTIAL_ENABLED -> false;
      case TENANT_SUSPENDED,
          TENANT_RESUMED,
          TENANT_DELETED,
          DEVICE_DISABLED,
          DEVICE_ENABLED,
          DEVICE_TOKEN_REPLACED,
          DEVICE_DELETED,
          API_KEY_DISABLED,
          API_KEY_ENABLED,
          API_KEY_ROLES_CHANGED,
          API_KEY_DELETED,
          OPERATOR_KEY_DELETED,
          HASH_KEY_RETIRED ->
          throw new IllegalArgumentException(entry.kind() + " is not about plain spaces");
    };
  }

  /** It was empty when it was deleted; a backup may know what it held before. */
  private boolean deleteSpace(List<String> ids) {
    TenantId tenant = new TenantId(ids.get(0));
    String name = ids.get(1);
    Optional<PlainSpace> space =
        store.findSpace(tenant, name).filter(found -> found.number() == Long.parseLong(ids.get(2)));
    if (space.isEmpty()) {
      return false;
    }
    PlainContents.empty(store, tenant, name);
    return store.deleteSpace(tenant, name);
  }

  private Optional<PlainCredential> credential(List<String> ids) {
    return store
        .findCredential(new TenantId(ids.get(0)), ids.get(1))
        .filter(found -> found.number() == Long.parseLong(ids.get(2)));
  }

  private boolean disable(PlainCredential credential) {
    store.updateCredential(credential.withEnabled(false), true);
    return true;
  }

  private boolean stop(Bridge bridge) {
    store.updateBridge(bridge.withStopped("stopped since the backup"));
    return true;
  }
}
