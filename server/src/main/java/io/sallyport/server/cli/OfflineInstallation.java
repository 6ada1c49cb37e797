package io.sallyport.server.cli;

import io.sallyport.server.SallyportServer;
import io.sallyport.server.config.ServerConfig;
import io.sallyport.server.data.DataFolder;
import io.sallyport.server.wiring.LocalAccess;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Opens a stopped installation for one command: the same program behind one door on a loopback port
 * of the system's choice, with a credential that ends with the command. So administration has one
 * way in, running or stopped, and the same rules and audit on it.
 */
final class OfflineInstallation {
  private OfflineInstallation() {}

  static Api open(Path folder, Optional<Path> configFile, Optional<String> tenant) {
    DataFolder data = ProcessFolder.open(folder);
    try {
      ServerConfig config = loopbackOnly(configFile);
      SallyportServer server =
          SallyportServer.start(
              config,
              data,
              Optional.empty(),
              new PrintWriter(System.err, true, StandardCharsets.UTF_8));
      try {
        LocalAccess access = server.localAccess(tenant);
        return new Api(
            Connection.client(Optional.of(data.caFile())),
            URI.create("https://localhost:" + server.port("https")),
            access.key(),
            access.token().revealText(),
            () -> {
              try (data;
                  server;
                  access) {
                // Closing, in the reverse of this order, is all there is to do.
              }
            });
      } catch (RuntimeException e) {
        server.close();
        throw e;
      }
    } catch (RuntimeException e) {
      data.close();
      throw e;
    }
  }

  static ServerConfig loopbackOnly(Optional<Path> configFile) {
    ServerConfig base =
        configFile.map(file -> ServerConfig.read(file, 0)).orElse(ServerConfig.defaults(0));
    return base.onlyLoopbackHttps();
  }
}
