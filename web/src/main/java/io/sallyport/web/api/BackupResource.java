package io.sallyport.web.api;

import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.Principal;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Backups on demand. */
@RestController
@RequestMapping(NativeApiConfiguration.PATH + "/backup")
@Tag(name = "installation")
final class BackupResource {
  private final AccessPolicy policy;
  private final BackupRequests backups;

  BackupResource(AccessPolicy policy, BackupRequests backups) {
    this.policy = policy;
    this.backups = backups;
  }

  @PostMapping
  @Operation(summary = "Write a backup into the configured folder (operators)")
  BackupJson write(@AuthenticationPrincipal Principal actor) {
    policy.requireOperator(actor);
    BackupRequests.WrittenBackup written = backups.write(actor);
    return new BackupJson(written.file(), written.bytes());
  }
}
