package io.sallyport.platform.telemetry;

import io.sallyport.platform.base.Problem;

/** Told once how an append ended; on a store's thread, must not block. */
public interface AppendListener {
  /** The event is durable. */
  void appended(long position);

  /** It is not, and will not be: the caller must not acknowledge it. */
  void failed(Problem problem);

  AppendListener NONE =
      new AppendListener() {
        @Override
        public void appended(long position) {}

        @Override
        public void failed(Problem problem) {}
      };
}
