package io.sallyport.server.data;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a backup holds; its first entry. The file around it is authenticated as a whole, so the
 * hashes are there to name what is damaged, not to prove who wrote it.
 *
 * @param layout version of the data folder's layout
 * @param journal position of the revocation journal before all that the copy may miss; absent in
 *     backups of earlier versions
 */
record BackupManifest(int layout, Instant created, @Nullable String journal, List<Item> files) {
  static final String NAME = "manifest.json";

  BackupManifest {
    files = List.copyOf(files);
  }

  /**
   * One file.
   *
   * @param name path within the data folder, with slashes
   * @param sha256 hex
   */
  record Item(String name, long bytes, String sha256) {}
}
