package io.sallyport.watson.messaging;

import io.sallyport.mqtt.Router;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.KeyRevocationListener;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.watson.status.WatsonScopes;

/**
 * Lets the sessions of a changed API key be judged by its rights now, and ends those of one that is
 * gone, whatever client ids they have: a later key of the same name must not find them, and nothing
 * more is queued for nobody.
 */
final class ApiKeyCleanup implements KeyRevocationListener {
  private final TenantStore tenants;
  private final KeyStandings keys;
  private final Router router;

  ApiKeyCleanup(TenantStore tenants, KeyStandings keys, Router router) {
    this.tenants = tenants;
    this.keys = keys;
    this.router = router;
  }

  /** Its connections are closed by others; its sessions wait for it as long as it lives. */
  @Override
  public void keyRevoked(TenantId tenant, String apiKey) {
    keys.changed(apiKey);
  }

  @Override
  public void keyDeleted(TenantId tenant, String apiKey) {
    keys.deleted(apiKey);
    tenants
        .find(tenant)
        .ifPresent(found ->
            router.endSessions(WatsonScopes.full(found.number()), WatsonGate.owner(apiKey)));
  }
}
