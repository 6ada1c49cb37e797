package io.sallyport.mqtt.engine;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.mqtt.codec.MalformedCause;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The engine's meters. Thread-safe. */
final class EngineMetrics {
  /** Why a message did not reach a client. */
  enum Drop {
    QUEUE_FULL,
    SLOW_READER,
    NO_CONNECTION,
    NOT_ALLOWED,
    /** No member of a shared group could take it. */
    NO_MEMBER,
    SESSION_ENDED,
    EXPIRED,
    /** Above the client's maximum packet size. */
    PACKET_TOO_LARGE,
    /** PUBACK or PUBREC of the client said so. */
    REFUSED_BY_CLIENT,
    /** The session store did not take it. */
    NOT_STORED,
    /** From a client: said to be UTF-8, and isn't. */
    PAYLOAD_FORMAT
  }

  private final LongAdder messagesIn = new LongAdder();
  private final LongAdder messagesOut = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final LongAdder matchVisits = new LongAdder();
  private final LongAdder retainedExamined = new LongAdder();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger sessions = new AtomicInteger();
  private final AtomicInteger pendingLogins = new AtomicInteger();
  private final AtomicInteger delayedWills = new AtomicInteger();
  private final AtomicLong aliasBytes = new AtomicLong();
  private final Map<MalformedCause, Counter> malformed = new EnumMap<>(MalformedCause.class);
  private final Map<Drop, Counter> dropped = new EnumMap<>(Drop.class);
  private final Map<ConnectRefusal, Counter> refused = new EnumMap<>(ConnectRefusal.class);
  private final Map<CloseReason, Counter> closed = new EnumMap<>(CloseReason.class);
  private final Counter pendingEvicted;
  private final Counter retainedRefused;
  private final Counter publishesRefused;
  private final Counter matchesCut;
  private final Counter sharedRefused;
  private final Counter subscriptionsRefused;
  private final Counter sharedPassedOn;
  private final Counter takeovers;
  private final Counter takeoversDelayed;
  private final Counter packetsTooLarge;
  private final Counter willsNotAuthorised;

  EngineMetrics(MeterRegistry registry) {
    adder(registry, "mqtt.messages.in", messagesIn);
    adder(registry, "mqtt.messages.out", messagesOut);
    adder(registry, "mqtt.bytes.in", bytesIn);
    adder(registry, "mqtt.bytes.out", bytesOut);
    adder(registry, "mqtt.match.visits", matchVisits);
    adder(registry, "mqtt.retained.examined", retainedExamined);
    Gauge.builder("mqtt.connections", connections, AtomicInteger::get).register(registry);
    Gauge.builder("mqtt.logins.pending", pendingLogins, AtomicInteger::get).register(registry);
    Gauge.builder("mqtt.sessions", sessions, AtomicInteger::get).register(registry);
    Gauge.builder("mqtt.wills.delayed", delayedWills, AtomicInteger::get).register(registry);
    Gauge.builder("mqtt.aliases.bytes", aliasBytes, AtomicLong::get).register(registry);
    for (MalformedCause cause : MalformedCause.values()) {
      malformed.put(cause, registry.counter("mqtt.malformed", "cause", cause.label()));
    }
    for (Drop cause : Drop.values()) {
      dropped.put(cause, registry.counter("mqtt.messages.dropped", "cause", label(cause)));
    }
    for (ConnectRefusal code : ConnectRefusal.values()) {
      refused.put(code, registry.counter("mqtt.logins.refused", "code", label(code)));
    }
    for (CloseReason reason : CloseReason.values()) {
      closed.put(reason, registry.counter("mqtt.connections.closed", "reason", label(reason)));
    }
    pendingEvicted = registry.counter("mqtt.logins.evicted");
    retainedRefused = registry.counter("mqtt.retained.refused");
    publishesRefused = registry.counter("mqtt.publishes.refused");
    matchesCut = registry.counter("mqtt.match.cut");
    sharedRefused = registry.counter("mqtt.shared.refused");
    subscriptionsRefused = registry.counter("mqtt.subscriptions.refused");
    sharedPassedOn = registry.counter("mqtt.shared.passed.on");
    takeovers = registry.counter("mqtt.takeovers");
    takeoversDelayed = registry.counter("mqtt.takeovers.delayed");
    willsNotAuthorised = registry.counter("mqtt.wills.not.authorised");
    packetsTooLarge = registry.counter("mqtt.packets.too.large");
  }

  void read(long bytes) {
    bytesIn.add(bytes);
  }

  void messageRead() {
    messagesIn.increment();
  }

  void written(long bytes, int messages) {
    bytesOut.add(bytes);
    messagesOut.add(messages);
  }

  AtomicInteger connections() {
    return connections;
  }

  AtomicInteger pendingLogins() {
    return pendingLogins;
  }

  AtomicInteger sessions() {
    return sessions;
  }

  /** Wills that wait for their delay. */
  AtomicInteger delayedWills() {
    return delayedWills;
  }

  /** What topics with an alias take, of all connections. */
  AtomicLong aliasBytes() {
    return aliasBytes;
  }

  void takenOver() {
    takeovers.increment();
  }

  void takeoverDelayed() {
    takeoversDelayed.increment();
  }

  /** A packet other than PUBLISH was above the client's maximum. */
  void packetTooLarge() {
    packetsTooLarge.increment();
  }

  /** After a restart nobody may publish it any more. */
  void willNotAuthorised() {
    willsNotAuthorised.increment();
  }

  void malformed(MalformedCause cause) {
    count(malformed.get(cause));
  }

  void dropped(Drop cause) {
    count(dropped.get(cause));
  }

  void refused(ConnectRefusal code) {
    count(refused.get(code));
  }

  void closed(CloseReason reason) {
    count(closed.get(reason));
  }

  void pendingEvicted() {
    pendingEvicted.increment();
  }

  void retainedRefused() {
    retainedRefused.increment();
  }

  /** The index was searched for one message. */
  void matched(Matches<?> matches) {
    matchVisits.add(matches.visits());
    if (matches.isCut()) {
      matchesCut.increment();
    }
  }

  void retainedExamined(int messages) {
    retainedExamined.add(messages);
  }

  void subscriptionRefused() {
    subscriptionsRefused.increment();
  }

  void sharedRefused() {
    sharedRefused.increment();
  }

  /** A message of a shared group has gone from one member to another. */
  void sharedPassedOn() {
    sharedPassedOn.increment();
  }

  void publishRefused() {
    publishesRefused.increment();
  }

  private static void count(@Nullable Counter counter) {
    // Every constant was given a counter above.
    Objects.requireNonNull(counter).increment();
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static void adder(MeterRegistry registry, String name, LongAdder adder) {
    FunctionCounter.builder(name, adder, LongAdder::doubleValue).register(registry);
  }
}
