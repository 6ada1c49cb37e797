package io.sallyport.platform.device;

/**
 * Whoever keeps something for a device besides the registry: waiting commands, telemetry, sessions,
 * retained messages. Told when the device loses its right to it (THREATS T31, T36).
 */
public interface DeviceRevocationListener {
  /** What happened to the device. */
  enum Cause {
    /** It is gone: forget all that is kept for its number. */
    DELETED,
    /** It may not log in: what waits for it is withdrawn. */
    DISABLED,
    /** Its token was replaced: its sessions end, what waits for it stays. */
    TOKEN_REPLACED
  }

  /** Called inside the transaction of the change; what this throws undoes the change. */
  void revoking(Device device, Cause cause);

  /** Called after the commit and after live connections were closed; may block. */
  void revoked(Device device, Cause cause);
}
