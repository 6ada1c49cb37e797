package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.RetainedShare;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Limits, expiry, and look-up by filter: MESSAGING.md section 5, section 8 "retained flood". */
class RetainedMessagesTest {
  private static final MqttConfig.Retained WIDE =
      new MqttConfig.Retained(100_000, 1L << 30, 100_000, 1L << 30, 1L << 30);

  private long nowMillis = 1_000_000;
  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return Instant.ofEpochMilli(nowMillis);
        }
      };

  @Test
  void look_up_agrees_with_matching_each_topic() {
    long seed = System.nanoTime();
    System.out.println("RetainedMessagesTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      RetainedMessages retained = new RetainedMessages(WIDE, clock, new HeldBytes(1L << 30));
      TreeSet<String> topics = new TreeSet<>();
      for (int i = 0; i < 60; i++) {
        String topic = randomTopic(random);
        if (random.nextInt(4) == 0) {
          retained.remove(topic);
          topics.remove(topic);
        } else {
          retained.put(message(topic, 1), null);
          topics.add(topic);
        }
      }
      for (int i = 0; i < 60; i++) {
        String filter = randomFilter(random);
        List<String> expected =
            topics.stream().filter(topic -> TopicFilters.matches(filter, topic)).toList();
        assertThat(topics(retained.walk(filter)))
            .as("seed %d, filter %s in %s", seed, filter, topics)
            .isEqualTo(expected);
      }
      topics.forEach(retained::remove);
      assertThat(retained.size()).isZero();
    }
  }

  @Test
  void filter_with_a_literal_prefix_looks_at_its_own_topics_only() {
    RetainedMessages retained = new RetainedMessages(WIDE, clock, new HeldBytes(1L << 30));
    for (int i = 0; i < 100; i++) {
      for (int j = 0; j < 100; j++) {
        retained.put(message("site/" + i + "/room/" + j, 1), null);
      }
    }
    assertThat(examined(retained.walk("site/7/room/#"))).isBetween(100, 102);
    assertThat(examined(retained.walk("site/7/+/9"))).isLessThan(10);
    assertThat(examined(retained.walk("site/+/room/9"))).isBetween(100, 301);
    assertThat(examined(retained.walk("nowhere/#"))).isLessThan(2);
  }

  @Test
  void walk_rests_after_so_much_work() {
    RetainedMessages retained = new RetainedMessages(WIDE, clock, new HeldBytes(1L << 30));
    for (int i = 0; i < 1_000; i++) {
      retained.put(message("t/" + i + "/x", 1), null);
    }
    RetainedWalk walk = retained.walk("+/+/y");
    assertThat(walk.next(100)).isNull();
    assertThat(walk.examined()).isEqualTo(100);
    assertThat(walk.isDone()).isFalse();
  }

  /** The subscription has got the newer one itself. */
  @Test
  void message_replaced_during_a_walk_is_not_sent_twice() {
    RetainedMessages retained = new RetainedMessages(WIDE, clock, new HeldBytes(1L << 30));
    retained.put(message("a", 1), null);
    retained.put(message("b", 1), null);
    retained.put(message("c", 1), null);
    RetainedWalk walk = retained.walk("#");
    retained.put(message("b", 2), null);
    retained.put(message("d", 2), null);
    assertThat(topics(walk)).containsExactly("a", "c");
    RetainedWalk resumed = retained.walk("#");
    retained.put(message("b", 3), null);
    resumed.interrupted();
    assertThat(topics(resumed)).containsExactly("a", "b", "c", "d");
  }

  @Test
  void refused_message_leaves_what_the_topic_has() {
    RetainedMessages retained =
        new RetainedMessages(
            new MqttConfig.Retained(2, 100, 2, 100, 1L << 30), clock, new HeldBytes(1L << 30));
    assertThat(retained.put(message("a", 10), null)).isTrue();
    assertThat(retained.put(message("b", 10), null)).isTrue();
    assertThat(retained.put(message("c", 10), null)).isFalse();
    assertThat(retained.put(message("a", 100), null)).isFalse();
    assertThat(retained.put(message("a", 20), null)).isTrue();
    assertThat(topics(retained.walk("#"))).containsExactly("a", "b");
  }

  /** MESSAGING.md section 8: count and bytes per tenant and per credential. */
  @Test
  void one_author_leaves_room_for_the_others() {
    RetainedMessages retained =
        new RetainedMessages(
            new MqttConfig.Retained(10, 1_000, 3, 100, 1L << 30), clock, new HeldBytes(1L << 30));
    for (int i = 0; i < 3; i++) {
      assertThat(retained.put(message("mine/" + i, 10), "me")).isTrue();
    }
    assertThat(retained.put(message("mine/3", 10), "me")).isFalse();
    assertThat(retained.put(message("mine/0", 10), "me")).as("replacing").isTrue();
    assertThat(retained.put(message("theirs/0", 10), "them")).isTrue();
    assertThat(retained.put(message("theirs/1", 80), "them")).as("bytes").isFalse();
    assertThat(retained.put(message("mine/0", 10), "them")).as("taken over").isTrue();
    assertThat(retained.put(message("mine/3", 10), "me")).as("room again").isTrue();
    assertThat(retained.put(message("server", 90), null)).isTrue();
  }

  @Test
  void an_authors_own_share_is_below_that_of_all() {
    RetainedMessages retained =
        new RetainedMessages(
            new MqttConfig.Retained(10, 1_000, 3, 100, 1L << 30), clock, new HeldBytes(1L << 30));
    RetainedShare one = new RetainedShare(1, 100);
    Message first = message("a", 10);
    assertThat(retained.hasRoom(first, "me", one)).isTrue();
    assertThat(retained.put(first.expiringAt(nowMillis + 1_000), "me", one)).isTrue();
    assertThat(retained.put(message("a", 11), "me", new RetainedShare(1, 10))).isFalse();
    assertThat(retained.hasRoom(message("b", 10), "me", one)).isFalse();
    assertThat(retained.put(message("b", 10), "me", one)).isFalse();
    nowMillis += 1_000;
    assertThat(retained.put(message("b", 10), "me", one)).as("the other has expired").isTrue();
  }

  /** Row 32, v5:MQTT-3.3.2-5. */
  @Test
  void expired_message_is_not_sent_and_makes_room() {
    RetainedMessages retained =
        new RetainedMessages(
            new MqttConfig.Retained(2, 1_000, 2, 1_000, 1L << 30), clock, new HeldBytes(1L << 30));
    retained.put(message("a", 1).expiringAt(nowMillis + 1_000), "me");
    retained.put(message("b", 1).expiringAt(nowMillis + 3_000), "me");
    nowMillis += 1_000;
    assertThat(topics(retained.walk("#"))).containsExactly("b");
    assertThat(topics(retained.walk("a"))).isEmpty();
    assertThat(retained.put(message("c", 1), "me")).isTrue();
    assertThat(retained.put(message("d", 1), "me")).isFalse();
    assertThat(topics(retained.walk("#"))).containsExactly("b", "c");
  }

  @Test
  void replacing_an_expiring_message_again_and_again_takes_no_room() {
    RetainedMessages retained = new RetainedMessages(WIDE, clock, new HeldBytes(1L << 30));
    for (int i = 0; i < 10_000; i++) {
      retained.put(message("a", 1).expiringAt(nowMillis + 1_000_000 + i), "me");
    }
    assertThat(retained.size()).isEqualTo(1);
    retained.put(message("a", 1), "me");
    nowMillis += 10_000_000;
    retained.put(message("b", 1), "me");
    assertThat(topics(retained.walk("#"))).containsExactly("a", "b");
  }

  private static List<String> topics(RetainedWalk walk) {
    List<String> topics = new ArrayList<>();
    while (!walk.isDone()) {
      Message message = walk.next(7);
      if (message != null) {
        topics.add(message.topic());
      }
    }
    return topics;
  }

  private static int examined(RetainedWalk walk) {
    int examined = 0;
    while (!walk.isDone()) {
      walk.next(Integer.MAX_VALUE);
      examined += walk.examined();
    }
    return examined;
  }

  private static Message message(String topic, int bytes) {
    return new Message(topic, new byte[bytes], Qos.AT_LEAST_ONCE, true, null);
  }

  /** Characters before and after the slash in the order of texts, empty levels, {@code $}. */
  private static String level(Random random) {
    return List.of("", "a", "a-", "a0", "b", "$", "-", "é").get(random.nextInt(8));
  }

  private static String randomTopic(Random random) {
    String topic =
        IntStream.range(0, 1 + random.nextInt(4))
            .mapToObj(_ -> level(random))
            .collect(Collectors.joining("/"));
    return topic.isEmpty() ? "/" : topic;
  }

  private static String randomFilter(Random random) {
    String filter =
        IntStream.range(0, 1 + random.nextInt(4))
            .mapToObj(_ -> random.nextInt(3) == 0 ? "+" : level(random))
            .collect(Collectors.joining("/"));
    return switch (random.nextInt(4)) {
      case 0 -> filter + "/#";
      case 1 -> "#";
      default -> filter.isEmpty() ? "/" : filter;
    };
  }
}
