package io.sallyport.watson.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.Qos;
import io.sallyport.platform.base.DeviceId;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Random topics and filters of MESSAGING section 2: what goes in comes out where it may, only. */
class TopicMapFuzzTest {
  private static final TenantId ACME = new TenantId("acme01");
  private static final int ROUNDS = 30_000;
  private static final List<String> WORDS =
      List.of(
          "iot-2",
          "type",
          "id",
          "evt",
          "cmd",
          "fmt",
          "mon",
          "app",
          "notify",
          "iotdm-1",
          "iotdevice-1",
          "intf",
          "thing",
          "pump",
          "p1",
          "p2",
          "json",
          "status",
          "+",
          "#",
          "",
          "$SYS",
          "%41",
          "%C3%A4",
          "ä",
          "a b",
          "acme01",
          "bolt01",
          "..",
          "response",
          "mgmt",
          "\u0001");

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  @AfterEach
  void print_seed() {
    System.out.println("TopicMapFuzzTest seed " + seed);
  }

  @Test
  void a_device_never_publishes_as_anybody_else() {
    for (int i = 0; i < ROUNDS; i++) {
      String topic = randomTopic();
      switch (PublishTopic.ofDevice(topic)) {
        case PublishTopic.OwnEvent event ->
            assertThat(topic).isEqualTo("iot-2/evt/" + event.name() + "/fmt/" + event.format());
        case PublishTopic.ManagementRequest request ->
            assertThat(topic).isEqualTo("iotdevice-1/" + request.action());
        case PublishTopic.Forbidden _, PublishTopic.Invalid _ -> {}
        case PublishTopic.EventOf _, PublishTopic.CommandTo _ ->
            throw new AssertionError("a device spoke for another: " + topic);
      }
    }
  }

  @Test
  void gateways_and_applications_never_leave_their_tenant() {
    for (int i = 0; i < ROUNDS; i++) {
      String topic = randomTopic();
      for (PublishTopic meaning :
          List.of(PublishTopic.ofGateway(ACME, topic), PublishTopic.ofApplication(ACME, topic))) {
        switch (meaning) {
          case PublishTopic.EventOf event -> {
            assertThat(event.device().tenant()).isEqualTo(ACME);
            assertThat(ScopeTopic.event(event.device(), event.name(), event.format()))
                .isEqualTo(topic);
          }
          case PublishTopic.CommandTo command -> {
            assertThat(command.device().tenant()).isEqualTo(ACME);
            assertThat(ScopeTopic.command(command.device(), command.name(), command.format()))
                .isEqualTo(topic);
          }
          case PublishTopic.ManagementRequest _,
              PublishTopic.Forbidden _,
              PublishTopic.Invalid _ -> {}
          case PublishTopic.OwnEvent _ -> throw new AssertionError("own event of " + topic);
        }
      }
    }
  }

  @Test
  void what_an_application_receives_matches_its_own_filter() {
    for (int i = 0; i < ROUNDS; i++) {
      DeviceKey device = randomDevice();
      String name = randomName();
      String format = randomName();
      if (!(PublishTopic.ofDevice("iot-2/evt/" + name + "/fmt/" + format)
          instanceof PublishTopic.OwnEvent event)) {
        throw new AssertionError("refused: " + name + " " + format);
      }
      String out = ScopeTopic.event(device, event.name(), event.format());
      String filter = randomFilterFor(out);
      assertThat(SubscribeFilter.ofApplication(filter)).isInstanceOf(SubscribeFilter.Events.class);
      assertThat(HeldFilters.matches(filter, out)).as(filter + " " + out).isTrue();
      assertThat(ScopeTopic.parse(ACME, out)).contains(new ScopeTopic.OfEvent(device));
      // The pattern by which all SDKs take a delivered topic apart.
      assertThat(out).matches("iot-2/type/(.+)/id/(.+)/evt/(.+)/fmt/(.+)");
    }
  }

  @Test
  void a_granted_filter_never_matches_a_topic_of_another_kind() {
    for (int i = 0; i < ROUNDS; i++) {
      String filter = randomTopic();
      String event = ScopeTopic.event(randomDevice(), randomName(), randomName());
      String command = ScopeTopic.command(randomDevice(), randomName(), randomName());
      String status = ScopeTopic.deviceStatus(randomDevice());
      String ownCommand = ScopeTopic.ownCommand(randomName(), randomName());
      switch (SubscribeFilter.ofApplication(filter)) {
        case SubscribeFilter.Events _ -> assertMatchesNone(filter, command, status, ownCommand);
        case SubscribeFilter.Commands _ -> assertMatchesNone(filter, event, status, ownCommand);
        case SubscribeFilter.DeviceStatus _ ->
            assertMatchesNone(filter, event, command, ownCommand);
        case SubscribeFilter.ApplicationStatus _ ->
            assertMatchesNone(filter, event, command, status, ownCommand);
        case SubscribeFilter.NotOffered _ -> {}
        case SubscribeFilter.OwnCommands _,
            SubscribeFilter.Management _,
            SubscribeFilter.Notices _ ->
            throw new AssertionError("not for applications: " + filter);
      }
    }
  }

  @Test
  void names_of_other_contracts_stay_one_level() {
    DeviceKey device = DeviceKey.of("acme01", "c8y", "s1");
    assertThat(ScopeTopic.event(device, "a/b+c#", "json"))
        .isEqualTo("iot-2/type/c8y/id/s1/evt/a%2Fb%2Bc%23/fmt/json");
    assertThat(ScopeTopic.event(device, "", "json"))
        .isEqualTo("iot-2/type/c8y/id/s1/evt/%00/fmt/json");
  }

  @Test
  void matching_follows_the_standard() {
    assertThat(HeldFilters.matches("iotdm-1/#", "iotdm-1/response")).isTrue();
    assertThat(HeldFilters.matches("iotdm-1/#", "iotdm-1")).isTrue();
    assertThat(HeldFilters.matches("iotdm-1/+", "iotdm-1/response")).isTrue();
    assertThat(HeldFilters.matches("iotdm-1/+", "iotdm-1/mgmt/x")).isFalse();
    assertThat(HeldFilters.matches("iotdm-1/+", "iotdm-1")).isFalse();
    assertThat(HeldFilters.matches("a/+/c", "a//c")).isTrue();
    assertThat(HeldFilters.matches("a/b", "a/B")).isFalse();
    assertThat(HeldFilters.matches("a/b", "a/b/")).isFalse();
    assertThat(HeldFilters.matches("a/b/", "a/b")).isFalse();
  }

  @Test
  void the_highest_qos_of_the_matching_filters_counts() {
    HeldFilters held = new HeldFilters();
    held.put("iot-2/cmd/+/fmt/json", Qos.AT_MOST_ONCE);
    held.put("iot-2/cmd/reset/fmt/+", Qos.EXACTLY_ONCE);
    assertThat(held.highest("iot-2/cmd/reset/fmt/json")).contains(Qos.EXACTLY_ONCE);
    held.put("iot-2/cmd/reset/fmt/+", Qos.AT_LEAST_ONCE);
    assertThat(held.highest("iot-2/cmd/reset/fmt/json")).contains(Qos.AT_LEAST_ONCE);
    held.remove("iot-2/cmd/reset/fmt/+");
    assertThat(held.highest("iot-2/cmd/reset/fmt/json")).contains(Qos.AT_MOST_ONCE);
    assertThat(held.highest("iot-2/cmd/reset/fmt/text")).isEmpty();
  }

  private static void assertMatchesNone(String filter, String... topics) {
    for (String topic : topics) {
      assertThat(HeldFilters.matches(filter, topic)).as(filter + " " + topic).isFalse();
    }
  }

  /** Half of them near to a real one, with some levels changed. */
  private String randomTopic() {
    String[] levels =
        (random.nextBoolean()
                ? "iot-2/type/pump/id/p1/evt/status/fmt/json"
                : List.of(
                        "iot-2/evt/status/fmt/json",
                        "iot-2/type/+/id/+/cmd/+/fmt/+",
                        "iot-2/type/pump/id/p1/cmd/reset/fmt/json",
                        "iot-2/app/+/mon",
                        "iot-2/type/+/id/+/mon",
                        "iotdevice-1/mgmt/manage")
                    .get(random.nextInt(6)))
            .split("/");
    int changes = random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      levels[random.nextInt(levels.length)] = WORDS.get(random.nextInt(WORDS.size()));
    }
    String topic = String.join("/", levels);
    return switch (random.nextInt(8)) {
      case 0 -> topic + "/" + WORDS.get(random.nextInt(WORDS.size()));
      case 1 -> "/" + topic;
      case 2 -> topic.substring(0, random.nextInt(topic.length() + 1));
      default -> topic;
    };
  }

  private DeviceKey randomDevice() {
    List<String> ids = List.of("p1", "p2", "A.b-c_9", "ä", "a b", "%41", "100%", "日本");
    List<String> types = List.of("pump", "c8y", "t.-_9");
    return new DeviceKey(
        ACME,
        new TypeId(types.get(random.nextInt(types.size()))),
        new DeviceId(ids.get(random.nextInt(ids.size()))));
  }

  private String randomName() {
    List<String> names = List.of("status", "json", "a b", "ä", "%2F", "$x", "e:1", "evt", "fmt");
    return names.get(random.nextInt(names.size()));
  }

  private String randomFilterFor(String topic) {
    String[] levels = topic.split("/");
    for (int level : new int[] {2, 4, 6, 8}) {
      if (random.nextBoolean()) {
        levels[level] = "+";
      }
    }
    return String.join("/", levels);
  }
}
