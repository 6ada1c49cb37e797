package io.sallyport.platform.space;

import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.TenantId;
import java.util.List;

/** Empties a space, so that it can be deleted. */
final class PlainContents {
  private static final PageRequest PAGE = PageRequest.first(PageRequest.LIMIT_MAX);

  private PlainContents() {}

  static void empty(PlainSpaceStore store, TenantId tenant, String space) {
    List<PlainCredential> credentials = store.listCredentials(tenant, space, PAGE).items();
    while (!credentials.isEmpty()) {
      credentials.forEach(found -> store.deleteCredential(tenant, found.name()));
      credentials = store.listCredentials(tenant, space, PAGE).items();
    }
    List<Bridge> bridges = store.listBridges(tenant, space, PAGE).items();
    while (!bridges.isEmpty()) {
      bridges.forEach(found -> store.deleteBridge(tenant, space, found.plan().name()));
      bridges = store.listBridges(tenant, space, PAGE).items();
    }
  }
}
