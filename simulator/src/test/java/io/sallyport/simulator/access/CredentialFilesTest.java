package io.sallyport.simulator.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialFilesTest {
  @TempDir private Path folder;

  private Path file(String text, String mode) throws IOException {
    Path file = folder.resolve("file");
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    return file;
  }

  @Test
  void devices_are_read_and_heading_and_remarks_passed_over() throws IOException {
    Path file = file("type,id,token\n# remark\n\npump,p1,to,ken\n", "rw-------");
    List<DeviceLogin> devices = CredentialFiles.devices(file);
    assertThat(devices).hasSize(1);
    assertThat(devices.getFirst().clientId("acme01")).isEqualTo("d:acme01:pump:p1");
    assertThat(devices.getFirst().token().reveal()).isEqualTo("to,ken");
  }

  @Test
  void a_file_that_others_may_read_is_refused() throws IOException {
    Path file = file("pump,p1,token\n", "rw-r--r--");
    assertThatThrownBy(() -> CredentialFiles.devices(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("chmod 600");
  }

  @Test
  void a_malformed_line_is_named_by_its_number_and_not_printed() throws IOException {
    Path file = file("pump,p1,token\nsecret-without-commas\n", "rw-------");
    assertThatThrownBy(() -> CredentialFiles.devices(file))
        .hasMessageContaining("line 2")
        .hasMessageNotContaining("secret-without-commas");
  }

  @Test
  void an_application_comes_from_a_file_or_from_the_environment() throws IOException {
    Path file = file("key=a-acme01-abcdefghij\ntoken=t1\n", "rw-------");
    assertThat(CredentialFiles.application(file, Map.of()))
        .hasValueSatisfying(login -> assertThat(login.organization()).isEqualTo("acme01"));
    Map<String, String> environment =
        Map.of("SALLYPORT_KEY", "a-globex-abcdefghij", "SALLYPORT_TOKEN", "t2");
    assertThat(CredentialFiles.application(null, environment))
        .hasValueSatisfying(login -> assertThat(login.clientId("x")).isEqualTo("a:globex:x"));
    assertThat(CredentialFiles.application(null, Map.of())).isEmpty();
  }

  @Test
  void a_secret_does_not_print() {
    DeviceLogin login = new DeviceLogin("pump", "p1", Secret.of("hush"));
    assertThat(login.toString()).doesNotContain("hush");
    assertThat(new ApplicationLogin("a-acme01-abcdefghij", Secret.of("hush")).toString())
        .doesNotContain("hush");
  }
}
