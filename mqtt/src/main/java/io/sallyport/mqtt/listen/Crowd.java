package io.sallyport.mqtt.listen;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of connections, in all and per address. Where there is no room, the one that has
 * been quiet for longest gives way, of the newcomer's own address if that has its share, else of
 * the address that has most (THREATS T21). Who waits for us, or has just been heard, does not give
 * way to another of his own address: in a storm of connects those would else be thrown out in whom
 * most work has been put, and nobody would ever get through. Safe for use by many threads.
 */
final class Crowd {
  /** A connection that can be asked to go. */
  interface Member {
    /** The {@link System#nanoTime} of its latest byte, in or out. */
    long quietSinceNanos();

    /** Whether it has said all that it can say for now, and we have not answered. */
    default boolean waitsForUs() {
      return false;
    }

    /** Closes it; called by the thread of whoever takes its place. */
    void giveWay();
  }

  /** What became of a newcomer. */
  enum Entry {
    ADMITTED,
    /** Another had to go for it. */
    MADE_ROOM,
    /** There is no room, and nobody to make it. */
    REFUSED
  }

  private final int sizeMax;
  private final int perAddressMax;
  private final long quietMinNanos;
  private final LongSupplier nanoTime;
  private final Map<ByteBuffer, Block> blocks = new HashMap<>();

  /** Never with an empty set, so that the last entry has the most represented addresses. */
  private final TreeMap<Integer, Set<Block>> bySize = new TreeMap<>();

  private int size;

  /** Everybody may have to give way, so that every newcomer gets in. */
  Crowd(int sizeMax, int perAddressMax) {
    this(sizeMax, perAddressMax, Duration.ZERO, System::nanoTime);
  }

  /**
   * @param quietMin who was heard later does not give way to another of his address
   */
  Crowd(int sizeMax, int perAddressMax, Duration quietMin, LongSupplier nanoTime) {
    this.sizeMax = sizeMax;
    this.perAddressMax = perAddressMax;
    this.quietMinNanos = quietMin.toNanos();
    this.nanoTime = nanoTime;
  }

  /** Lets the newcomer in if there is room, or somebody to make it. */
  Entry join(InetAddress address, Member newcomer) {
    Member leaver = null;
    synchronized (this) {
      ByteBuffer key = key(address);
      Block own = blocks.get(key);
      int ownSize = own == null ? 0 : own.members.size();
      Block crowded = null;
      if (ownSize >= perAddressMax) {
        crowded = own;
      } else if (size >= sizeMax) {
        crowded = bySize.lastEntry().getValue().iterator().next();
      }
      if (crowded != null) {
        leaver = leaver(crowded, ownSize);
        if (leaver == null) {
          return Entry.REFUSED;
        }
        remove(crowded.key, leaver);
      }
      add(key, newcomer);
    }
    if (leaver == null) {
      return Entry.ADMITTED;
    }
    leaver.giveWay();
    return Entry.MADE_ROOM;
  }

  private @Nullable Member leaver(Block crowded, int newcomersPeers) {
    Member quietest = crowded.quietest(nanoTime.getAsLong() - quietMinNanos, quietMinNanos == 0);
    if (quietest == null && crowded.members.size() > newcomersPeers) {
      return crowded.members.getLast(); // The least work has been put into it.
    }
    return quietest;
  }

  /** Takes one back that had left for a moment, whether there is room or not. */
  synchronized void rejoin(InetAddress address, Member member) {
    add(key(address), member);
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
    final LinkedHashSet<Member> members = new LinkedHashSet<>();

    Block(ByteBuffer key) {
      this.key = key;
    }

    /**
     * Looks at all: at most the share of one address, and only while that is under attack.
     *
     * @param heardMax of {@link System#nanoTime}: who was heard later is passed over
     * @param anybody nobody is passed over
     */
    @Nullable Member quietest(long heardMax, boolean anybody) {
      Member quietest = null;
      for (Member member : members) {
        long since = member.quietSinceNanos();
        if ((anybody || (!member.waitsForUs() && since - heardMax <= 0))
            && (quietest == null || since - quietest.quietSinceNanos() < 0)) {
          quietest = member;
        }
      }
      return quietest;
    }
  }
}
