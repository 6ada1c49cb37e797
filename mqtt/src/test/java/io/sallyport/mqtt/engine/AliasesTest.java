package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.MessageProperties;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.codec.MalformedCause;
import io.sallyport.mqtt.codec.MqttPacket;
import io.sallyport.mqtt.codec.SubscriptionIds;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** MESSAGING.md section 7 row 31 and section 8, "topic alias memory". */
class AliasesTest {
  private final AtomicLong bytes = new AtomicLong();

  @Test
  void inbound_bytes_are_counted_and_given_back() {
    InboundAliases aliases = new InboundAliases(16, bytes);
    for (int alias = 1; alias <= 16; alias++) {
      assertThat(aliases.learn(publish("t".repeat(alias), alias))).isNull();
    }
    assertThat(bytes).hasValue(136);
    assertThat(aliases.learn(publish("x", 16))).isNull();
    assertThat(bytes).hasValue(121);
    assertThat(aliases.learn(publish("x", 17))).isEqualTo(MalformedCause.TOPIC_ALIAS);
    aliases.forget();
    assertThat(bytes).hasValue(0);
    assertThat(aliases.learn(publish("", 1))).isEqualTo(MalformedCause.TOPIC_EMPTY);
  }

  @Test
  void no_alias_is_taken_where_none_is_offered() {
    InboundAliases aliases = new InboundAliases(0, bytes);
    assertThat(aliases.learn(publish("t", 0))).isNull();
    assertThat(aliases.learn(publish("t", 1))).isEqualTo(MalformedCause.TOPIC_ALIAS);
  }

  @Test
  void outbound_alias_is_given_to_a_topic_that_comes_again() {
    OutboundAliases aliases = new OutboundAliases(16, bytes, 1_000);
    assertThat(aliases.find("a")).isZero();
    assertThat(aliases.assign("a")).isZero();
    assertThat(aliases.assign("a")).isEqualTo(1);
    assertThat(aliases.find("a")).isEqualTo(1);
    aliases.forget();
    assertThat(bytes).hasValue(0);
  }

  @Test
  void no_outbound_alias_is_given_beyond_the_bytes_of_all() {
    OutboundAliases aliases = new OutboundAliases(16, bytes, 10);
    for (int i = 0; i < 2; i++) {
      aliases.assign("12345678");
      aliases.assign("123");
    }
    assertThat(aliases.find("12345678")).isEqualTo(1);
    assertThat(aliases.find("123")).isZero();
  }

  /** A reader that does as it is told always knows which topic is meant. */
  @Test
  void reader_follows_whatever_is_assigned() {
    long seed = System.nanoTime();
    System.out.println("AliasesTest seed " + seed);
    Random random = new Random(seed);
    OutboundAliases aliases = new OutboundAliases(4, bytes, 1_000);
    Map<Integer, String> reader = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      String topic = "t" + random.nextInt(8);
      int known = aliases.find(topic);
      if (known != 0) {
        assertThat(reader.get(known)).as("seed %d", seed).isEqualTo(topic);
      } else {
        int given = aliases.assign(topic);
        assertThat(given).isBetween(0, 4);
        if (given != 0) {
          reader.put(given, topic);
        }
      }
    }
    assertThat(reader).hasSize(4);
    assertThat(bytes).hasValue(8);
  }

  private static MqttPacket.Publish publish(String topic, int alias) {
    return new MqttPacket.Publish(
        topic,
        new byte[0],
        Qos.AT_MOST_ONCE,
        false,
        false,
        0,
        MessageProperties.NONE,
        alias,
        SubscriptionIds.NONE);
  }
}
