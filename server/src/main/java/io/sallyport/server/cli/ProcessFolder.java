package io.sallyport.server.cli;

import io.sallyport.server.data.DataFolder;
import java.nio.file.Path;
import java.util.List;

/**
 * The data folder of a process that serves one installation and nothing else: its temporary files
 * and extracted native libraries go there, too, and not where other users of the host look.
 */
final class ProcessFolder {
  private static final List<String> PROPERTIES =
      List.of("java.io.tmpdir", "org.sqlite.tmpdir", "io.netty.native.workdir");

  private ProcessFolder() {}

  /** Opens the folder. What needs a temporary file must not have run before. */
  static DataFolder open(Path folder) {
    DataFolder data = DataFolder.open(folder);
    for (String property : PROPERTIES) {
      System.setProperty(property, data.temporary().toString());
    }
    return data;
  }
}
