package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.ClientGate;
import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.ConnectionStats;
import io.sallyport.mqtt.InboundPublish;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Outbound;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.Router;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.SubscribeOutcome;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A contract that lets everybody in and sends what anybody publishes to all subscribers of one
 * scope. Everything it decides can be replaced by a test, and what it sees is recorded.
 */
final class TestGate implements ClientGate {
  static final Scope SCOPE = new Scope("test", 1);

  final List<Binding> bindings = new CopyOnWriteArrayList<>();
  final List<String> reopened = new CopyOnWriteArrayList<>();
  final List<String> wills = new CopyOnWriteArrayList<>();
  final List<InboundPublish> published = new CopyOnWriteArrayList<>();
  final BlockingQueue<Ack> held = new LinkedBlockingQueue<>();

  volatile ClientLimits limits = ClientLimits.DEFAULT;
  volatile @Nullable Router router;
  volatile Function<ConnectRequest, Admission> admission = this::letIn;
  volatile @Nullable BiConsumer<InboundPublish, Ack> onPublish;
  volatile Function<String, SubscribeOutcome> onSubscribe =
      filter -> new SubscribeOutcome.Granted(SCOPE, Qos.EXACTLY_ONCE, true);
  volatile Predicate<Message> mayDeliver = message -> true;
  volatile Function<String, @Nullable String> outwardResponseTopic = topic -> topic;
  volatile boolean takeoversWatched = true;
  volatile boolean willsAllowed = true;

  @Override
  public Admission admit(ConnectRequest request) {
    return admission.apply(request);
  }

  Admission letIn(ConnectRequest request) {
    String id = request.clientId().isEmpty() ? request.freshClientId() : request.clientId();
    Binding binding = new Binding(id);
    bindings.add(binding);
    return new Admission.Admitted(key(id), binding, limits, "login of " + id);
  }

  /** Answers nothing until the test takes the Ack from {@link #held}. */
  void holdAnswers() {
    onPublish = (publish, ack) -> held.add(ack);
  }

  private void routeAndAnswer(InboundPublish publish, SessionKey publisher, Ack ack) {
    Message message = publish.toMessage(publish.topic(), null);
    router().publish(SCOPE, message, publisher, ack);
  }

  @Override
  public Optional<WillRights> reopen(SessionKey session, String login) {
    reopened.add(login);
    return willsAllowed
        ? Optional.of(will -> {
          wills.add(will.topic());
          router().route(SCOPE, will);
        })
        : Optional.empty();
  }

  Router router() {
    Router present = router;
    if (present == null) {
      throw new IllegalStateException("the engine has not been set");
    }
    return present;
  }

  /** The owner is what stands before a colon in the client id, if there is one. */
  static SessionKey key(String clientId) {
    int colon = clientId.indexOf(':');
    return new SessionKey(SCOPE, colon < 0 ? "test" : clientId.substring(0, colon), clientId);
  }

  Binding binding(String clientId) {
    return bindings.stream().filter(b -> b.clientId.equals(clientId)).toList().getLast();
  }

  /** One connection, as its contract sees it. */
  final class Binding implements ClientBinding {
    final String clientId;
    final List<String> unsubscribed = new CopyOnWriteArrayList<>();
    final List<String> life = new CopyOnWriteArrayList<>();
    volatile @Nullable Outbound outbound;
    volatile @Nullable CloseReason closed;
    volatile @Nullable ConnectionStats stats;
    volatile List<HeldSubscription> resumed = List.of();
    volatile boolean sessionEnded;

    Binding(String clientId) {
      this.clientId = clientId;
    }

    Outbound out() {
      Outbound present = outbound;
      if (present == null) {
        throw new IllegalStateException("not opened");
      }
      return present;
    }

    @Override
    public void publish(InboundPublish publish, Ack ack) {
      published.add(publish);
      BiConsumer<InboundPublish, Ack> planned = onPublish;
      if (planned != null) {
        planned.accept(publish, ack);
      } else {
        routeAndAnswer(publish, key(clientId), ack);
      }
    }

    @Override
    public SubscribeOutcome subscribe(String filter, Qos requested) {
      SubscribeOutcome outcome = onSubscribe.apply(filter);
      return outcome instanceof SubscribeOutcome.Granted granted
          ? new SubscribeOutcome.Granted(
              granted.scope(), granted.qos().min(requested), granted.indexed())
          : outcome;
    }

    @Override
    public SubscribeOutcome subscribeShared(String share, String filter, Qos requested) {
      SubscribeOutcome outcome = onSubscribe.apply(filter);
      return outcome instanceof SubscribeOutcome.Granted granted
          ? new SubscribeOutcome.Granted(
              granted.scope(), granted.qos().min(requested), granted.indexed(), granted.shareKey())
          : outcome;
    }

    @Override
    public void unsubscribed(String filter) {
      unsubscribed.add(filter);
    }

    @Override
    public void opened(Outbound out, boolean sessionPresent, List<HeldSubscription> held) {
      life.add("opened");
      resumed = held;
      outbound = out;
    }

    @Override
    public void closed(CloseReason reason, ConnectionStats counts) {
      life.add("closed");
      stats = counts;
      closed = reason;
    }

    @Override
    public void sessionEnded() {
      life.add("session ended");
      sessionEnded = true;
    }

    @Override
    public boolean mayDeliver(Message message) {
      return mayDeliver.test(message);
    }

    @Override
    public @Nullable String outwardResponseTopic(String responseTopic, Message message) {
      return outwardResponseTopic.apply(responseTopic);
    }

    @Override
    public boolean takeoversWatched() {
      return takeoversWatched;
    }

    @Override
    public void takenOverOften(int withinMinute) {
      life.add("taken over " + withinMinute + " times");
    }

    @Override
    public void publishWill(Message will) {
      life.add("will");
      wills.add(will.topic());
      if (will.retained()) {
        router().routeRetained(SCOPE, will);
      } else {
        router().route(SCOPE, will);
      }
    }
  }
}
