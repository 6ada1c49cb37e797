package io.sallyport.store.rocksdb;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.StoredEvent;
import io.sallyport.platform.tenant.SealedContext;
import io.sallyport.platform.tenant.TenantKeys;

/** Makes events of rows again: opens the payload at its place. Thread-safe. */
final class EventOpener {
  private final TenantKeys keys;
  private final byte storeKind;

  EventOpener(TenantKeys keys, byte storeKind) {
    this.keys = keys;
    this.storeKind = storeKind;
  }

  StoredEvent open(EventRow.Stored row, int tenantNumber, DeviceKey device) {
    SealedContext context =
        new SealedContext(storeKind, tenantNumber, row.deviceNumber(), row.timeMillis());
    byte[] payload = keys.open(context, row.bytes(), row.sealedAt(), row.sealedBytes());
    return new StoredEvent(
        row.position(),
        new Event(
            device,
            tenantNumber,
            row.deviceNumber(),
            row.name(),
            row.format(),
            Payload.owned(payload),
            row.timeMillis(),
            row.sentBy(),
            row.qos()));
  }
}
