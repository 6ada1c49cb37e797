package io.sallyport.watson.rest;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.command.Command;
import io.sallyport.platform.command.CommandRequest;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.identity.AccessDeniedProblem;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.telemetry.AppendListener;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.watson.DeviceDirectory;
import io.sallyport.watson.Refusals;
import io.sallyport.watson.Refusals.Rule;
import io.sallyport.watson.WatsonPlatform;
import io.sallyport.watson.topic.TopicNames;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;

/**
 * Events and commands over HTTP (watson-iot.md section 8). 200 means durable, which is more than
 * the contract asks.
 */
@RestController
final class HttpMessagingController {
  /** As over MQTT (section 4). */
  static final int PAYLOAD_BYTES_MAX = 131_072;

  private static final int DURABLE_SECONDS_MAX = 30;

  /** Events have QoS 0 semantics; a command is worth an acknowledgement of the device. */
  private static final int EVENT_QOS = 0;

  private static final int COMMAND_QOS = 1;

  private final WatsonPlatform platform;
  private final DeviceDirectory directory;
  private final Refusals refusals;
  private final Clock clock;

  HttpMessagingController(
      WatsonPlatform platform, DeviceDirectory directory, Refusals refusals, Clock clock) {
    this.platform = platform;
    this.directory = directory;
    this.refusals = refusals;
    this.clock = clock;
  }

  @PostMapping(WatsonPaths.DEVICE + "/events/{event}")
  ResponseEntity<byte[]> eventOfDevice(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      @PathVariable("type") String type,
      @PathVariable("device") String device,
      @PathVariable("event") String event) {
    DeviceKey key = WatsonPaths.device(caller.tenant(), type, device);
    if (!(caller.principal() instanceof Principal.Device sender)) {
      throw refused(caller, key);
    }
    if (sender.key().equals(key)) {
      return submit(caller, key, sender.deviceNumber(), null, event);
    }
    Optional<Device> behind =
        directory
            .find(key)
            .filter(found -> sender.gateway() && found.enabled())
            .filter(found -> found.gateway().equals(Optional.of(sender.key())));
    if (behind.isEmpty()) {
      throw refused(caller, key);
    }
    return submit(caller, key, behind.get().number(), sender.auditName(), event);
  }

  @PostMapping(WatsonPaths.BASE + "/application/types/{type}/devices/{device}/events/{event}")
  ResponseEntity<byte[]> eventOfApplication(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      @PathVariable("type") String type,
      @PathVariable("device") String device,
      @PathVariable("event") String event) {
    DeviceKey key = WatsonPaths.device(caller.tenant(), type, device);
    platform.policy().require(caller.principal(), Permission.EVENT_PUBLISH, key);
    Device found =
        directory
            .find(key)
            .filter(Device::enabled)
            .orElseThrow(() -> Problem.notFound("the device"));
    return submit(caller, key, found.number(), caller.principal().auditName(), event);
  }

  @PostMapping(WatsonPaths.BASE + "/application/types/{type}/devices/{device}/commands/{command}")
  ResponseEntity<byte[]> command(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      @PathVariable("type") String type,
      @PathVariable("device") String device,
      @PathVariable("command") String command) {
    CompletableFuture<Command> stored =
        platform
            .commands()
            .submit(
                caller.principal(),
                new CommandRequest(
                    WatsonPaths.device(caller.tenant(), type, device),
                    name(command),
                    format(caller),
                    payload(caller),
                    COMMAND_QOS,
                    Optional.empty()));
    await(stored);
    return Answers.empty(200);
  }

  private ResponseEntity<byte[]> submit(
      Caller caller, DeviceKey key, long number, @Nullable String sentBy, String event) {
    CompletableFuture<Long> durable = new CompletableFuture<>();
    platform
        .ingest()
        .submit(
            new Event(
                key,
                caller.principal().tenantNumber(),
                number,
                name(event),
                format(caller),
                payload(caller),
                clock.millis(),
                sentBy,
                EVENT_QOS),
            new AppendListener() {
              @Override
              public void appended(long position) {
                durable.complete(position);
              }

              @Override
              public void failed(Problem problem) {
                durable.completeExceptionally(problem.asException());
              }
            });
    await(durable);
    return Answers.empty(200);
  }

  private static void await(CompletableFuture<?> outcome) {
    try {
      outcome.get(DURABLE_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      switch (failure.getCause()) {
        case ProblemException problem -> throw problem;
        case AccessDeniedProblem denied -> throw denied;
        case null, default -> throw new IllegalStateException(failure.getCause());
      }
    } catch (TimeoutException slow) {
      throw ApiProblem.of(500, "The message could not be stored in time, try again.");
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw ApiProblem.of(500, "The server is stopping, try again.");
    }
  }

  private static String name(String text) {
    if (!TopicNames.isName(text)) {
      throw ApiProblem.invalid("An event or command id is one topic level of at most 512 bytes.");
    }
    return text;
  }

  /** Section 8: the media type gives the format; none means JSON. */
  private static String format(Caller caller) {
    return switch (caller.contentType().orElse("application/json")) {
      case "application/json" -> "json";
      case "text/plain" -> "text";
      case "application/xml" -> "xml";
      case "application/octet-stream" -> "bin";
      default ->
          throw ApiProblem.invalid(
              "Content-Type must be application/json, text/plain, application/xml or"
                  + " application/octet-stream.");
    };
  }

  private static Payload payload(Caller caller) {
    if (caller.body().size() > PAYLOAD_BYTES_MAX) {
      throw ApiProblem.of(413, "The payload is larger than 131072 bytes.");
    }
    return caller.body();
  }

  private ApiProblem refused(Caller caller, DeviceKey key) {
    return ApiProblem.refused(
        403,
        refusals.note(
            Optional.of(caller.tenant()),
            caller.principal().auditName(),
            "publish.refused",
            key.type() + "/" + key.id(),
            caller.principal().auditName(),
            Rule.HTTP_SCOPE));
  }
}
