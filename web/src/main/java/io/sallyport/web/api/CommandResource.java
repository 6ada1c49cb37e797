package io.sallyport.web.api;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.command.CommandRequest;
import io.sallyport.platform.command.CommandService;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.web.WebConfig;
import io.sallyport.web.json.ApiJsonMapper;
import io.sallyport.web.json.EmbeddedJson;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What devices are asked to do. */
@RestController
@RequestMapping(NativeApiConfiguration.PATH + "/tenants/{tenant}")
@Tag(name = "commands")
final class CommandResource {
  /** Delivered at least once, and followed until the device acknowledges. */
  private static final int QOS = 1;

  private final ReadableDevice devices;
  private final CommandService commands;
  private final DurableAnswers durable;
  private final Listings listings;
  private final ApiJsonMapper mapper;
  private final EmbeddedJson embedded;
  private final WebConfig config;

  CommandResource(
      ReadableDevice devices,
      CommandService commands,
      DurableAnswers durable,
      Listings listings,
      ApiJsonMapper mapper,
      EmbeddedJson embedded,
      WebConfig config) {
    this.devices = devices;
    this.commands = commands;
    this.durable = durable;
    this.listings = listings;
    this.mapper = mapper;
    this.embedded = embedded;
    this.config = config;
  }

  @GetMapping("/devices/{type}/{id}/commands")
  @Operation(summary = "A device's commands, newest first")
  Listing<CommandJson> list(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String type,
      @PathVariable String id,
      @RequestParam(defaultValue = Listings.LIMIT_DEFAULT) int limit,
      @RequestParam(required = false) @Nullable String next,
      HttpServletRequest request) {
    DeviceKey device = PathNames.device(tenant, type, id);
    devices.require(actor, Permission.COMMAND_READ, device);
    return listings.weighedPage(
        request,
        actor,
        limit,
        next,
        page -> commands.list(actor, device, page),
        command -> command.payload().size(),
        command -> CommandJson.of(command, embedded));
  }

  @PostMapping("/devices/{type}/{id}/commands")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(summary = "Submit a command; answered when it is durable, sent on by itself")
  CommandJson submit(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String type,
      @PathVariable String id,
      @RequestBody CommandJson.New body) {
    DeviceKey device = PathNames.device(tenant, type, id);
    String name = BodyFields.topicLevel(BodyFields.required(body.name(), "name"), "name");
    SuppliedPayload supplied =
        SuppliedPayload.of(
            body.format(), body.payload(), body.payloadBase64(), mapper, config.payloadBytesMax());
    if (body.expiresSeconds() != null && body.expiresSeconds() < 1) {
      throw Problem.invalid("member 'expiresSeconds' must be positive");
    }
    CommandRequest asked =
        new CommandRequest(
            device,
            name,
            supplied.format(),
            supplied.payload(),
            QOS,
            Optional.ofNullable(body.expiresSeconds()).map(Duration::ofSeconds));
    return CommandJson.of(durable.await(commands.submit(actor, asked)), embedded);
  }

  @GetMapping("/commands/{command}")
  @Operation(summary = "A command and its status")
  CommandJson get(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String command) {
    return CommandJson.of(commands.get(actor, PathNames.tenant(tenant), command), embedded);
  }
}
