package io.sallyport.server.wiring;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.RevocationJournal;
import io.sallyport.platform.base.RevocationJournal.Kind;
import io.sallyport.platform.base.TenantId;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The names of what was deleted, as the revocation journal knows them. A bootstrap file may still
 * hold the secrets of these names: it makes none of them again.
 */
final class DeletedNames {
  private record Name(Kind kind, List<String> ids) {}

  private final Set<Name> names = new HashSet<>();

  private DeletedNames() {}

  static DeletedNames in(RevocationJournal journal) {
    DeletedNames deleted = new DeletedNames();
    for (RevocationJournal.Entry entry : journal.since(Instant.MIN)) {
      int idsOfName =
          switch (entry.kind()) {
            case DEVICE_DELETED -> 3;
            case API_KEY_DELETED, PLAIN_SPACE_DELETED, PLAIN_CREDENTIAL_DELETED -> 2;
            // Ids of deleted tenants are kept by the registry; the other kinds delete nothing.
            default -> 0;
          };
      if (idsOfName > 0) {
        deleted.names.add(new Name(entry.kind(), entry.ids().subList(0, idsOfName)));
      }
    }
    return deleted;
  }

  private boolean contains(Kind kind, String... ids) {
    return names.contains(new Name(kind, List.of(ids)));
  }

  boolean hasDevice(DeviceKey key) {
    return contains(
        Kind.DEVICE_DELETED, key.tenant().value(), key.type().value(), key.id().value());
  }

  boolean hasApiKey(TenantId tenant, String key) {
    return contains(Kind.API_KEY_DELETED, tenant.value(), key);
  }

  boolean hasSpace(TenantId tenant, String space) {
    return contains(Kind.PLAIN_SPACE_DELETED, tenant.value(), space);
  }

  boolean hasCredential(TenantId tenant, String user) {
    return contains(Kind.PLAIN_CREDENTIAL_DELETED, tenant.value(), user);
  }
}
