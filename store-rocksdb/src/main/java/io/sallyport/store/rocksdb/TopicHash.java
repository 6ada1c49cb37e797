package io.sallyport.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A number for a topic, to which its retained message is bound. */
final class TopicHash {
  private TopicHash() {}

  /** The first 8 bytes of SHA-256. */
  static long of(String topic) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(topic.getBytes(UTF_8));
      return ByteBuffer.wrap(hash).getLong();
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every JDK has SHA-256", missing);
    }
  }
}
