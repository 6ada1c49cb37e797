package io.sallyport.platform.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What every {@link SettingStore} must do. */
public interface SettingStoreContract {
  SettingStore settings();

  @Test
  default void a_setting_is_found_as_it_was_put_last() {
    settings().put("bootstrap.applied", "one");
    settings().put("bootstrap.applied", "zwei ☃\n");
    settings().put("other", "");

    assertThat(settings().find("bootstrap.applied")).contains("zwei ☃\n");
    assertThat(settings().find("other")).contains("");
  }

  @Test
  default void an_unknown_setting_is_not_found() {
    settings().put("known", "x");

    assertThat(settings().find("Known")).isEmpty();
  }
}
