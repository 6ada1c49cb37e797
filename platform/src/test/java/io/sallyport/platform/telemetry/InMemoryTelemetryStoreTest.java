package io.sallyport.platform.telemetry;

class InMemoryTelemetryStoreTest implements TelemetryStoreContract {
  private final TelemetryStore store = new InMemoryTelemetryStore(LAST_EVENT_CACHE);

  @Override
  public TelemetryStore store() {
    return store;
  }
}
