package io.sallyport.watson.rest;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantStatus;
import io.sallyport.watson.WatsonPlatform;
import io.sallyport.watson.WatsonTime;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** The organization itself, and the answer for paths that nobody serves. */
@RestController
final class OrganizationController {
  private final WatsonPlatform platform;

  OrganizationController(WatsonPlatform platform) {
    this.platform = platform;
  }

  /** Java and Python ask with the slash, Node without (watson-iot.md section 2). */
  @GetMapping({WatsonPaths.BASE, WatsonPaths.BASE + "/"})
  ResponseEntity<byte[]> get(@RequestAttribute(Caller.ATTRIBUTE) Caller caller) {
    platform.policy().require(caller.principal(), Permission.TENANT_READ, caller.tenant());
    Tenant tenant =
        platform
            .tenants()
            .find(caller.tenant())
            .orElseThrow(() -> Problem.notFound("the organization"));
    ObjectNode answer =
        Answers.object()
            .put("id", tenant.id().value())
            .put("name", tenant.name())
            .put("enabled", tenant.status() == TenantStatus.ACTIVE)
            .put("type", "Standard")
            .put("created", WatsonTime.text(tenant.created()))
            .put("updated", WatsonTime.text(tenant.updated()));
    answer
        .putObject("config")
        .putObject("historian")
        .put("retention", tenant.settings().retentionAge().toDays());
    return Answers.ok(answer);
  }

  /** Old clients parse the body of a 404 too. */
  @RequestMapping(WatsonPaths.BASE + "/**")
  ResponseEntity<byte[]> nothingHere() {
    return Answers.problem(ApiProblem.of(404, "There is no such resource or method."));
  }
}
