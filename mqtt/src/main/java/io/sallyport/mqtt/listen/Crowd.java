package io.sallyport.mqtt.listen;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of connections, in all and per address. Whoever comes gets in; where there is no
 * room, the one that has been quiet for longest gives way, of the newcomer's own address if that
 * has its share, else of the address that has most (THREATS T21). Safe for use by many threads.
 */
final class Crowd {
  /** A connection that can be asked to go. */
  interface Member {
    /** The {@link System#nanoTime} of its latest byte. */
    long quietSinceNanos();

    /** Closes it; called by the thread of whoever takes its place. */
    void giveWay();
  }

  private final int sizeMax;
  private final int perAddressMax;
  private final Map<ByteBuffer, Block> blocks = new HashMap<>();

  /** Never with an empty set, so that the last entry has the most represented addresses. */
  private final TreeMap<Integer, Set<Block>> bySize = new TreeMap<>();

  private int size;

  Crowd(int sizeMax, int perAddressMax) {
    this.sizeMax = sizeMax;
    this.perAddressMax = perAddressMax;
  }

  /** Lets the newcomer in; whether another had to go for it. */
  boolean join(InetAddress address, Member newcomer) {
    Member leaver;
    synchronized (this) {
      ByteBuffer key = key(address);
      Block own = blocks.get(key);
      leaver = null;
      if (own != null && own.members.size() >= perAddressMax) {
        leaver = own.quietest();
        remove(key, leaver);
      } else if (size >= sizeMax) {
        Block largest = bySize.lastEntry().getValue().iterator().next();
        leaver = largest.quietest();
        remove(largest.key, leaver);
      }
      add(key, newcomer);
    }
    if (leaver != null) {
      leaver.giveWay();
    }
    return leaver != null;
  }

  /** Has no effect when it is not there any more. */
  synchronized void leave(InetAddress address, Member member) {
    remove(key(address), member);
  }

  synchronized int size() {
    return size;
  }

  private void add(ByteBuffer key, Member member) {
    Block block = blocks.computeIfAbsent(key, Block::new);
    unfile(block);
    block.members.add(member);
    file(block);
    size++;
  }

  private void remove(ByteBuffer key, Member member) {
    Block block = blocks.get(key);
    if (block == null || !block.members.contains(member)) {
      return;
    }
    unfile(block);
    block.members.remove(member);
    file(block);
    size--;
    if (block.members.isEmpty()) {
      blocks.remove(key);
    }
  }

  private void file(Block block) {
    if (!block.members.isEmpty()) {
      bySize.computeIfAbsent(block.members.size(), _ -> new LinkedHashSet<>()).add(block);
    }
  }

  private void unfile(Block block) {
    bySize.computeIfPresent(
        block.members.size(),
        (_, peers) -> {
          peers.remove(block);
          return peers.isEmpty() ? null : peers;
        });
  }

  /** An IPv4 address, or the /64 that one IPv6 customer has. */
  static ByteBuffer key(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (!(address instanceof Inet6Address)) {
      return ByteBuffer.wrap(bytes);
    }
    return ByteBuffer.wrap(
        isMapped(bytes) ? Arrays.copyOfRange(bytes, 12, 16) : Arrays.copyOf(bytes, 8));
  }

  /** RFC 4291 §2.5.5.2; all of IPv4 would be one /64 else. */
  private static boolean isMapped(byte[] v6) {
    for (int i = 0; i < 10; i++) {
      if (v6[i] != 0) {
        return false;
      }
    }
    return v6[10] == -1 && v6[11] == -1;
  }

  private static final class Block {
    final ByteBuffer key;
    final Set<Member> members = new LinkedHashSet<>();

    Block(ByteBuffer key) {
      this.key = key;
    }

    /** Looks at all: at most the share of one address, and only while that is under attack. */
    Member quietest() {
      @Nullable Member quietest = null;
      for (Member member : members) {
        if (quietest == null || member.quietSinceNanos() - quietest.quietSinceNanos() < 0) {
          quietest = member;
        }
      }
      if (quietest == null) {
        throw new IllegalStateException("an empty block was kept");
      }
      return quietest;
    }
  }
}
