package io.sallyport.simulator.load;

import io.sallyport.simulator.access.Endpoint;
import io.sallyport.simulator.load.LoadLoop.Dial;
import io.sallyport.simulator.load.LoadLoop.Handshake;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Idle connections that are cut and come back: first some at a time, after the cut each on its own
 * after a random wait, and after a refusal, or when it is cut off by the server, likewise.
 *
 * <p>Safe from any thread; the state belongs to the loop.
 */
final class StormFleet implements AutoCloseable {
  private static final int ATTEMPT_SECONDS_MAX = 40;

  private final LoadLoop loop;
  private final long backOffMillis;
  private final int atATime;
  private final RandomGenerator random;
  private final List<Member> members = new ArrayList<>();
  private final ArrayDeque<Member> waiting = new ArrayDeque<>();
  private final Map<String, Integer> refusals = new TreeMap<>();
  private boolean returning;
  private long cutNanos;
  private int connecting;
  private int open;
  private int dropped;

  /**
   * Where the fleet stands.
   *
   * @param open connected and logged in
   * @param dropped closed by the server though they were open
   * @param refusals attempts that failed, by kind
   */
  record Count(int open, int dropped, Map<String, Integer> refusals) {
    Count {
      refusals = Map.copyOf(refusals);
    }
  }

  /**
   * @param from the local addresses, in turn
   * @param atATime attempts at a time of the first connect
   */
  StormFleet(
      Endpoint endpoint,
      List<LoadLogin> logins,
      List<InetAddress> from,
      boolean resume,
      Duration backOff,
      int atATime,
      RandomGenerator random)
      throws IOException {
    this.loop = new LoadLoop(endpoint);
    this.backOffMillis = backOff.toMillis();
    this.atATime = atATime;
    this.random = random;
    for (int i = 0; i < logins.size(); i++) {
      InetAddress address = from.get(i % from.size());
      members.add(
          new Member(
              logins.get(i),
              new Dial(resume ? Handshake.RESUMED : Handshake.FULL, address, i + 1, 0)));
    }
  }

  /** Begins to connect all. */
  void connectAll() throws IOException, InterruptedException {
    loop.run(() -> {
      waiting.addAll(members);
      fill();
    });
  }

  /** Cuts all at once, without a word; each comes back by itself. */
  void cutAll() throws IOException, InterruptedException {
    loop.run(() -> {
      returning = true;
      cutNanos = System.nanoTime();
      members.forEach(Member::cut);
    });
  }

  Count count() throws IOException, InterruptedException {
    return ask(() -> new Count(open, dropped, refusals));
  }

  /**
   * Microseconds that it took each open one: from its last attempt to the login, or, after the cut,
   * from there to the login.
   */
  List<Integer> micros() throws IOException, InterruptedException {
    return ask(() ->
        members.stream()
            .filter(Member::isOpen)
            .map(member -> (int) Math.min(Integer.MAX_VALUE, member.tookNanos / 1_000))
            .toList());
  }

  /** How many handshakes took up an earlier TLS session. */
  long resumed() {
    return loop.resumedSessions();
  }

  @Override
  public void close() {
    loop.close();
  }

  private <T> T ask(Supplier<T> question) throws IOException, InterruptedException {
    return LoadLoop.await(CompletableFuture.supplyAsync(question, loop.executor()));
  }

  private void fill() {
    while (connecting < atATime && !waiting.isEmpty()) {
      waiting.poll().attempt();
    }
  }

  private void failed(Throwable cause) {
    refusals.merge(kind(cause), 1, Integer::sum);
  }

  private static String kind(Throwable cause) {
    String text = String.valueOf(cause.getMessage());
    int code = text.indexOf("return code");
    return switch (cause) {
      case TimeoutException _ -> "no answer";
      case ConnectException _ -> "not connected";
      case SSLException _ -> "TLS";
      case ClosedChannelException _ -> "closed in the handshake";
      case IOException _ when text.contains("reset") -> "reset";
      case IOException _ when code >= 0 -> text.substring(code);
      case IOException _ when text.startsWith("closed before") -> "closed before login";
      default -> cause.getClass().getSimpleName();
    };
  }

  private final class Member implements LoadEvents {
    private final LoadLogin login;
    private final Dial dial;
    private @Nullable LoadClient client;
    private long tookNanos;

    Member(LoadLogin login, Dial dial) {
      this.login = login;
      this.dial = dial;
    }

    boolean isOpen() {
      return client != null;
    }

    void cut() {
      LoadClient connection = client;
      if (connection != null) {
        client = null;
        open--;
        connection.cut();
        attemptLater();
      }
    }

    @Override
    public void closed(LoadClient connection) {
      if (connection == client) {
        client = null;
        open--;
        dropped++;
        attemptLater();
      }
    }

    void attempt() {
      connecting++;
      long start = returning ? cutNanos : System.nanoTime();
      LoadClient connection = loop.open(login, this, dial);
      ScheduledFuture<?> limit =
          loop.timer()
              .schedule(
                  () -> {
                    connection.opened().completeExceptionally(new TimeoutException());
                    if (connection.connected()) {
                      connection.cut();
                    }
                  },
                  ATTEMPT_SECONDS_MAX,
                  TimeUnit.SECONDS);
      var _ =
          connection
              .opened()
              .whenCompleteAsync(
                  (opened, problem) -> {
                    limit.cancel(false);
                    connecting--;
                    if (problem == null && connection.connected()) {
                      client = connection;
                      open++;
                      tookNanos = System.nanoTime() - start;
                    } else {
                      failed(problem == null ? new IOException("closed before use") : problem);
                      attemptLater();
                    }
                    fill();
                  },
                  loop.executor());
    }

    private void attemptLater() {
      var _ =
          loop.timer()
              .schedule(
                  () -> {
                    if (returning) {
                      attempt();
                    } else {
                      waiting.add(this);
                      fill();
                    }
                  },
                  random.nextLong(backOffMillis + 1),
                  TimeUnit.MILLISECONDS);
    }
  }
}
