package io.sallyport.mqtt.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.listen.Crowd.Entry;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrowdTest {
  private final List<String> gone = new ArrayList<>();

  private final class Someone implements Crowd.Member {
    private final String name;
    private final long quietSince;
    private boolean waitsForUs;

    Someone(String name, long quietSince) {
      this.name = name;
      this.quietSince = quietSince;
    }

    @Override
    public long quietSinceNanos() {
      return quietSince;
    }

    @Override
    public boolean waitsForUs() {
      return waitsForUs;
    }

    @Override
    public void giveWay() {
      gone.add(name);
    }
  }

  private static final long SECOND = 1_000_000_000;

  private long now;

  /** Whoever was heard less than a second ago stays. */
  private Crowd patient(int sizeMax, int perAddressMax) {
    return new Crowd(sizeMax, perAddressMax, Duration.ofSeconds(1), () -> now);
  }

  /** In a storm those would else go for whom most has been done, and nobody would get through. */
  @Test
  void nobody_who_waits_for_us_or_was_just_heard_gives_way_to_a_neighbour() throws Exception {
    now = 10 * SECOND;
    Crowd crowd = patient(100, 3);
    Someone inLine = new Someone("in line", 0);
    inLine.waitsForUs = true;
    crowd.join(at("192.0.2.1"), inLine);
    crowd.join(at("192.0.2.1"), new Someone("just heard", now - SECOND / 2));
    crowd.join(at("192.0.2.1"), new Someone("in time", now - SECOND / 4));

    assertThat(crowd.join(at("192.0.2.1"), new Someone("too many", now))).isEqualTo(Entry.REFUSED);
    assertThat(gone).isEmpty();
    assertThat(crowd.size()).isEqualTo(3);

    now += SECOND;
    assertThat(crowd.join(at("192.0.2.1"), new Someone("newcomer", now)))
        .isEqualTo(Entry.MADE_ROOM);
    assertThat(gone).containsExactly("just heard");
  }

  @Test
  void a_crowded_address_makes_room_for_another_even_with_one_that_waits() throws Exception {
    now = 10 * SECOND;
    Crowd crowd = patient(3, 3);
    for (String name : List.of("first", "second", "last")) {
      Someone inLine = new Someone(name, now);
      inLine.waitsForUs = true;
      crowd.join(at("192.0.2.1"), inLine);
    }

    assertThat(crowd.join(at("192.0.2.2"), new Someone("newcomer", now)))
        .isEqualTo(Entry.MADE_ROOM);
    assertThat(gone).containsExactly("last");
  }

  @Test
  void one_that_comes_back_is_not_refused() throws Exception {
    Crowd crowd = patient(1, 1);
    Someone moving = new Someone("moving", now);
    crowd.join(at("192.0.2.1"), moving);
    crowd.leave(at("192.0.2.1"), moving);
    crowd.join(at("192.0.2.1"), new Someone("other", now));

    crowd.rejoin(at("192.0.2.1"), moving);

    assertThat(crowd.size()).isEqualTo(2);
    assertThat(gone).isEmpty();
  }

  private static InetAddress at(String address) throws UnknownHostException {
    return InetAddress.getByName(address);
  }

  @Test
  void quietest_of_the_most_represented_address_gives_way_to_a_newcomer_from_another()
      throws Exception {
    Crowd crowd = new Crowd(4, 4);
    crowd.join(at("192.0.2.1"), new Someone("early but active", 90));
    crowd.join(at("192.0.2.1"), new Someone("quiet", 20));
    crowd.join(at("192.0.2.1"), new Someone("late", 30));
    crowd.join(at("192.0.2.2"), new Someone("quietest of a small address", 1));

    assertThat(crowd.join(at("192.0.2.3"), new Someone("newcomer", 100)))
        .isEqualTo(Entry.MADE_ROOM);

    assertThat(gone).containsExactly("quiet");
    assertThat(crowd.size()).isEqualTo(4);
  }

  @Test
  void address_with_its_share_makes_room_itself_even_where_there_is_more() throws Exception {
    Crowd crowd = new Crowd(100, 2);
    crowd.join(at("192.0.2.2"), new Someone("other", 0));
    crowd.join(at("192.0.2.1"), new Someone("first", 1));
    assertThat(crowd.join(at("192.0.2.1"), new Someone("second", 2))).isEqualTo(Entry.ADMITTED);

    crowd.join(at("192.0.2.1"), new Someone("third", 3));

    assertThat(gone).containsExactly("first");
    assertThat(crowd.size()).isEqualTo(3);
  }

  @Test
  void network_of_64_bits_is_one_address_in_ipv6_and_mapped_ipv4_is_ipv4() throws Exception {
    Crowd crowd = new Crowd(100, 1);
    crowd.join(at("2001:db8::1"), new Someone("one", 1));
    crowd.join(at("2001:db8:0:1::1"), new Someone("another network", 2));
    crowd.join(at("2001:db8::ffff:2"), new Someone("two", 3));
    assertThat(gone).containsExactly("one");

    gone.clear();
    crowd.join(mapped(1), new Someone("mapped", 4));
    crowd.join(mapped(2), new Someone("mapped, other", 5));
    assertThat(gone).isEmpty();
    crowd.join(at("192.0.2.1"), new Someone("plain", 6));
    assertThat(gone).containsExactly("mapped");
  }

  private static InetAddress mapped(int last) throws UnknownHostException {
    byte[] bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 192, 0, 2, (byte) last};
    return Inet6Address.getByAddress(null, bytes, -1);
  }

  @Test
  void room_of_one_who_left_is_free_and_leaving_twice_changes_nothing() throws Exception {
    Crowd crowd = new Crowd(2, 2);
    Someone first = new Someone("first", 1);
    crowd.join(at("192.0.2.1"), first);
    crowd.join(at("192.0.2.1"), new Someone("second", 2));

    crowd.leave(at("192.0.2.1"), first);
    crowd.leave(at("192.0.2.1"), first);

    assertThat(crowd.size()).isEqualTo(1);
    assertThat(crowd.join(at("192.0.2.9"), new Someone("third", 3))).isEqualTo(Entry.ADMITTED);
    assertThat(gone).isEmpty();
  }

  @Test
  void thousand_addresses_with_one_each_still_let_the_next_in() throws Exception {
    Crowd crowd = new Crowd(1_000, 256);
    for (int i = 0; i < 1_000; i++) {
      crowd.join(at("10.0." + i / 250 + "." + i % 250), new Someone("m" + i, i));
    }

    assertThat(crowd.join(at("192.0.2.1"), new Someone("newcomer", 5_000)))
        .isEqualTo(Entry.MADE_ROOM);

    assertThat(gone).containsExactly("m0");
    assertThat(crowd.size()).isEqualTo(1_000);
  }
}
