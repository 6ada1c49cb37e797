package io.sallyport.web.api;

import io.sallyport.platform.identity.Principal;

/** Writes a backup of the running installation into the folder that its configuration names. */
public interface BackupRequests {
  /**
   * Returns when the backup is written whole, synced and audited. The caller has checked that
   * {@code actor} is an operator.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code CONFLICT} while another is being
   *     written, {@code UNAVAILABLE} if none is configured, {@code STORAGE_FULL}, {@code
   *     STORAGE_FAILED}
   */
  WrittenBackup write(Principal actor);

  /**
   * @param file name within the backup folder
   */
  record WrittenBackup(String file, long bytes) {}
}
