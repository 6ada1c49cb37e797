package io.sallyport.plain;

import io.sallyport.mqtt.Scope;
import io.sallyport.platform.space.PlainSpace;

/** A space as it is now, shared by all its open connections. Thread-safe. */
final class SpaceState {
  private final Scope scope;
  private volatile PlainSpace space;

  SpaceState(PlainSpace space) {
    this.scope = PlainScopes.of(space.number());
    this.space = space;
  }

  Scope scope() {
    return scope;
  }

  PlainSpace space() {
    return space;
  }

  /** The newer of two readings stays. */
  synchronized void offer(PlainSpace read) {
    if (read.version() > space.version()) {
      space = read;
    }
  }
}
