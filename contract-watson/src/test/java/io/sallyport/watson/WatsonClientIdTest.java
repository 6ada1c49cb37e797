package io.sallyport.watson;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatsonClientIdTest {
  @Test
  void each_form_of_section_3_is_read() {
    DeviceKey key = DeviceKey.of("acme01", "pump", "p1");
    TenantId acme = new TenantId("acme01");
    assertThat(WatsonClientId.parse("d:acme01:pump:p1")).contains(new WatsonClientId.OfDevice(key));
    assertThat(WatsonClientId.parse("g:acme01:pump:p1"))
        .contains(new WatsonClientId.OfGateway(key));
    assertThat(WatsonClientId.parse("a:acme01:app-1"))
        .contains(new WatsonClientId.OfApplication(acme, "app-1"));
    assertThat(WatsonClientId.parse("A:acme01:app-1"))
        .contains(new WatsonClientId.OfSharedApplication(acme, "app-1", Optional.empty()));
    assertThat(WatsonClientId.parse("A:acme01:app-1:i.2"))
        .contains(new WatsonClientId.OfSharedApplication(acme, "app-1", Optional.of("i.2")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "d",
        "d:acme01",
        "d:acme01:pump",
        "d:acme01:pump:",
        "d:acme01::p1",
        "d:acme01:pump:p1:x",
        "d:acme-1:pump:p1",
        "d:ACME01:pump:p1",
        "d:acme0:pump:p1",
        "d:acme01:pump:p/1",
        "d:acme01:pump:p+",
        "d:acme01:pump:1234567890123456789012345678901234567",
        "a:acme01:app:more",
        "x:acme01:pump:p1",
        "D:acme01:pump:p1",
        "A:acme01:app:i:j"
      })
  void every_other_text_is_refused(String text) {
    assertThat(WatsonClientId.parse(text)).isEmpty();
  }
}
