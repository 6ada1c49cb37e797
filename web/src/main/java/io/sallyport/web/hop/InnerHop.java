package io.sallyport.web.hop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Executor;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Puts the one connector of the inner hop in the place of the TCP connector that Boot would open: a
 * Unix domain socket on which a token comes before any HTTP. To be declared as a bean; runs after
 * Boot's own customizers, whose settings of the connector it replaces.
 */
public final class InnerHop
    implements WebServerFactoryCustomizer<JettyServletWebServerFactory>, Ordered {
  /**
   * Strict, but for the empty segments that old clients send (watson-iot.md section 9.4): whoever
   * serves such paths makes them whole, everywhere else the security chain refuses them.
   */
  private static final UriCompliance REPEATED_SLASHES =
      UriCompliance.DEFAULT.with(
          "repeated slashes", UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT);

  private final InnerSocket socket;
  private final PeerTable peers;
  private final InnerHopConfig config;

  public InnerHop(InnerSocket socket, PeerTable peers, InnerHopConfig config) {
    this.socket = socket;
    this.peers = peers;
    this.config = config;
  }

  @Override
  public int getOrder() {
    return LOWEST_PRECEDENCE;
  }

  @Override
  public void customize(JettyServletWebServerFactory factory) {
    factory.setUseForwardHeaders(false);
    factory.setShutdown(Shutdown.GRACEFUL);
    factory.setThreadPool(threads());
    factory.getSettings().setDocumentRoot(socket.documentRoot().toFile());
    factory.addServerCustomizers(this::furnish);
  }

  private void furnish(Server server) {
    server.setConnectors(new Connector[] {connector(server)});
    server.setErrorHandler(new EarlyErrors());
    for (ContextHandler context : server.getDescendants(ContextHandler.class)) {
      context.setTempDirectory(socket.workFolder().toFile());
    }
  }

  /** Selectors need threads of their own; whatever runs a servlet is a virtual thread. */
  private QueuedThreadPool threads() {
    QueuedThreadPool threads = new QueuedThreadPool(config.platformThreadsMax(), 4);
    threads.setName("http");
    Executor virtual = VirtualThreads.getNamedVirtualThreadsExecutor("http-");
    threads.setVirtualThreadsExecutor(virtual);
    return threads;
  }

  private InnerConnector connector(Server server) {
    HttpConfiguration http = new HttpConfiguration();
    http.addCustomizer(new PeerCustomizer());
    http.setRequestHeaderSize(config.requestHeadBytesMax());
    http.setResponseHeaderSize(config.responseHeadBytesMax());
    http.setIdleTimeout(config.idleTimeMax().toMillis());
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    http.setRelativeRedirectAllowed(false);
    http.setUriCompliance(REPEATED_SLASHES);
    HttpConnectionFactory next = new HttpConnectionFactory(http);
    InnerConnector connector =
        new InnerConnector(server, config, new TokenConnectionFactory(peers, next, config), next);
    connector.setName("inner");
    connector.setUnixDomainPath(socket.path());
    connector.setAcceptQueueSize(config.acceptQueueMax());
    connector.setIdleTimeout(config.idleTimeMax().toMillis());
    connector.addEventListener(
        new LifeCycle.Listener() {
          @Override
          public void lifeCycleStarted(LifeCycle started) {
            restrictSocketFile();
          }
        });
    return connector;
  }

  /** The folder is the lock; the file's own mode is a second one. */
  private void restrictSocketFile() {
    try {
      Files.setPosixFilePermissions(socket.path(), PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException("mode of " + socket.path(), e);
    }
  }
}
