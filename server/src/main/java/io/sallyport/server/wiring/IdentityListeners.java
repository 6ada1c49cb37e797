package io.sallyport.server.wiring;

import io.sallyport.plain.ListenerIdentities;
import io.sallyport.platform.space.ListenerIdentity;
import io.sallyport.server.config.IdentityListener;
import io.sallyport.web.operation.LoginlessListeners;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The listeners without login, by the names that they have in logs and metrics. Filled before the
 * doors open. Thread-safe.
 */
public final class IdentityListeners implements ListenerIdentities, LoginlessListeners {
  private static final String NAME = "identity-";

  private final Map<String, IdentityListener> byName = new ConcurrentHashMap<>();

  IdentityListeners(List<IdentityListener> configured) {
    configured.forEach(this::add);
  }

  /** Adds one that the bootstrap file names. */
  public synchronized void add(IdentityListener listener) {
    byName.put(String.format(Locale.ROOT, "%s%03d", NAME, byName.size() + 1), listener);
  }

  Map<String, IdentityListener> all() {
    return new TreeMap<>(byName);
  }

  static boolean isName(String listener) {
    return listener.startsWith(NAME);
  }

  @Override
  public Optional<ListenerIdentity> find(String listener) {
    // Asked at every CONNECT; most come through other listeners.
    return isName(listener)
        ? Optional.ofNullable(byName.get(listener)).map(IdentityListener::identity)
        : Optional.empty();
  }

  @Override
  public List<Shown> shown() {
    return all().values().stream()
        .map(listener ->
            new Shown(
                listener.port(),
                listener.bind(),
                listener.identity().tenant().value(),
                listener.identity().space(),
                listener.identity().credential(),
                listener.isLoopbackOnly()))
        .toList();
  }
}
