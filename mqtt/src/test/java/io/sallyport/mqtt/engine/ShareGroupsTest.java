package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.Qos;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MESSAGING.md section 7 row 40 and section 8 row {@code $share}: names, groups, their limits. */
class ShareGroupsTest {
  private static final MqttConfig.Subscriptions LIMITS =
      new MqttConfig.Subscriptions(3, 2, 10_000, 1 << 20, 1 << 20);

  /** v5:MQTT-4.8.2-1, v5:MQTT-4.8.2-2. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "$share/",
        "$share//",
        "$share/g",
        "$share/g/",
        "$share//a",
        "$share/+/a",
        "$share/#/a",
        "$share/g+/a",
        "$share/g/$share/h/a"
      })
  void share_that_is_not_well_formed_is_seen(String text) {
    assertThat(SharedFilter.isShared(text)).isTrue();
    assertThat(SharedFilter.parse(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "$share/g/a, g, a",
    "$share/g//, g, /",
    "$share/g//a, g, /a",
    "$share/g/#, g, #",
    "$share/$g/+/a, $g, +/a",
    "$share/ /a, ' ', a"
  })
  void share_has_a_name_and_a_filter(String text, String share, String filter) {
    assertThat(SharedFilter.parse(text)).isEqualTo(new SharedFilter(share, filter));
  }

  @ParameterizedTest
  @ValueSource(strings = {"$share", "$shared/g/a", "share/g/a", "$SHARE/g/a", "/$share/g/a"})
  void other_filters_are_not_shared(String text) {
    assertThat(SharedFilter.isShared(text)).isFalse();
  }

  @Test
  void group_beyond_the_scopes_limit_is_kept_out() {
    ShareGroups<String> groups = new ShareGroups<>(LIMITS, new HeldBytes(1 << 20));
    for (int i = 0; i < 3; i++) {
      assertThat(join(groups, "o", "g" + i, "a", "s")).isNotNull();
    }
    assertThat(join(groups, "o", "g3", "a", "s")).isNull();
    assertThat(join(groups, "o", "g0", "a", "s")).as("again").isNotNull();
    groups.leave(Objects.requireNonNull(join(groups, "o", "g0", "a", "s")), "s");
    assertThat(join(groups, "o", "g3", "a", "s")).isNotNull();
  }

  @Test
  void member_beyond_the_groups_limit_is_kept_out() {
    ShareGroups<String> groups = new ShareGroups<>(LIMITS, new HeldBytes(1 << 20));
    assertThat(join(groups, "o", "g", "a", "s1")).isNotNull();
    assertThat(join(groups, "o", "g", "a", "s2")).isNotNull();
    assertThat(join(groups, "o", "g", "a", "s3")).isNull();
    assertThat(join(groups, "o", "g", "a", "s2")).as("again").isNotNull();
    assertThat(join(groups, "other", "g", "a", "s3")).as("another owner's").isNotNull();
  }

  @Test
  void groups_agree_with_a_list_of_filters() {
    long seed = System.nanoTime();
    System.out.println("ShareGroupsTest seed " + seed);
    Random random = new Random(seed);
    ShareGroups<String> groups =
        new ShareGroups<>(
            new MqttConfig.Subscriptions(100_000, 100_000, 100_000, 1 << 30, 1 << 30),
            new HeldBytes(1 << 30));
    Map<ShareGroup.Key, Set<String>> plain = new HashMap<>();
    Map<ShareGroup.Key, ShareGroup<String>> joined = new HashMap<>();
    for (int step = 0; step < 5_000; step++) {
      ShareGroup.Key key =
          key("o" + random.nextInt(2), "g" + random.nextInt(3), TopicTreeTest.randomFilter(random));
      String member = "s" + random.nextInt(5);
      Set<String> members = plain.computeIfAbsent(key, _ -> new TreeSet<>());
      if (random.nextInt(3) > 0) {
        members.add(member);
        joined.put(
            key, Objects.requireNonNull(groups.join(key, Grant.of(member, Qos.AT_LEAST_ONCE))));
      } else if (members.remove(member)) {
        groups.leave(Objects.requireNonNull(joined.get(key)), member);
      }
      if (step % 10 == 0) {
        String topic = TopicTreeTest.randomTopic(random);
        assertThat(members(groups.match(topic)))
            .as("seed %d, topic %s", seed, topic)
            .containsExactlyInAnyOrderElementsOf(
                plain.entrySet().stream()
                    .filter(entry ->
                        !entry.getValue().isEmpty()
                            && TopicFilters.matches(entry.getKey().shared().filter(), topic))
                    .map(entry -> entry.getKey() + " " + entry.getValue())
                    .toList());
      }
    }
    plain.forEach((key, members) ->
        members.forEach(member -> groups.leave(Objects.requireNonNull(joined.get(key)), member)));
    assertThat(groups.isEmpty()).isTrue();
  }

  private static List<String> members(Matches<ShareGroup<String>> matches) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < matches.size(); i++) {
      ShareGroup<String> group = matches.get(i).subscriber();
      Set<String> members = new TreeSet<>();
      Grants.Snapshot<String> snapshot = group.members().snapshot();
      for (int j = 0; j < snapshot.size(); j++) {
        members.add(snapshot.get(j).subscriber());
      }
      texts.add(group.key() + " " + members);
    }
    return texts;
  }

  private static @Nullable ShareGroup<String> join(
      ShareGroups<String> groups, String owner, String share, String filter, String member) {
    return groups.join(key(owner, share, filter), Grant.of(member, Qos.AT_LEAST_ONCE));
  }

  private static ShareGroup.Key key(String owner, String share, String filter) {
    return new ShareGroup.Key(false, owner, new SharedFilter(share, filter));
  }
}
