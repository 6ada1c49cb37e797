package io.sallyport.mqtt.listen;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The event loops and the kind of sockets they serve: epoll where the native library loads, NIO
 * elsewhere. Made once per process; whoever made it closes it after everything that uses it.
 */
public final class Transport implements AutoCloseable {
  private final EventLoopGroup acceptors;
  private final EventLoopGroup workers;
  private final EventLoopGroup handshakers;
  private final boolean epoll;

  private Transport(boolean epoll, int workerThreads) {
    this.epoll = epoll;
    IoHandlerFactory factory = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    acceptors = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("accept"), factory);
    workers =
        new MultiThreadIoEventLoopGroup(workerThreads, new DefaultThreadFactory("io"), factory);
    // Half as many: the system's scheduler then leaves the workers their part in any storm.
    handshakers =
        new MultiThreadIoEventLoopGroup(
            Math.max(1, workerThreads / 2), new DefaultThreadFactory("tls"), factory);
  }

  /** Takes epoll if it is there, else NIO. */
  public static Transport best(int workerThreads) {
    return new Transport(Epoll.isAvailable(), workerThreads);
  }

  /** Takes NIO in any case. */
  public static Transport nio(int workerThreads) {
    return new Transport(false, workerThreads);
  }

  /** {@code epoll} or {@code nio}. */
  public String name() {
    return epoll ? "epoll" : "nio";
  }

  /** The loops that own accepted connections. */
  public EventLoopGroup workers() {
    return workers;
  }

  /** The loops on which TLS connections are until their handshake is done. */
  EventLoopGroup handshakers() {
    return handshakers;
  }

  EventLoopGroup acceptors() {
    return acceptors;
  }

  Class<? extends ServerChannel> serverChannel() {
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  /** For connections to the container. */
  Bootstrap innerBootstrap() {
    return epoll
        ? new Bootstrap()
            .channel(EpollDomainSocketChannel.class)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        // Netty's NIO kind knows no half-closure and closes at the container's FIN; by then the
        // answer is read and nothing more would be sent.
        : new Bootstrap().channel(NioDomainSocketChannel.class);
  }

  SocketAddress innerAddress(UnixDomainSocketAddress address) {
    return epoll ? new DomainSocketAddress(address.getPath().toFile()) : address;
  }

  /** Closes what is still open on the loops and ends their threads, within 10 s. */
  @Override
  public void close() {
    Duration timeout = Duration.ofSeconds(5);
    var acceptorsDone = acceptors.shutdownGracefully(0, timeout.toSeconds(), TimeUnit.SECONDS);
    var handshakersDone = handshakers.shutdownGracefully(0, timeout.toSeconds(), TimeUnit.SECONDS);
    acceptorsDone.awaitUninterruptibly();
    handshakersDone.awaitUninterruptibly();
    // Last: a connection that is just leaving a handshake loop must arrive somewhere.
    workers.shutdownGracefully(0, timeout.toSeconds(), TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
