package io.sallyport.watson.rest;

import io.sallyport.platform.tenant.TenantKeys;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Bookmarks carry a MAC over tenant, principal and query (THREATS T38): one caller's bookmark of
 * one list opens no other list, and none of another caller.
 */
final class Bookmarks {
  private static final int MAC_BYTES = 16;
  private static final int BYTES_MAX = 2_048;
  private static final byte[] LABEL = "watson bookmark".getBytes(StandardCharsets.UTF_8);

  private final SecretKeySpec key;

  Bookmarks(TenantKeys keys) {
    this.key = new SecretKeySpec(keys.purposeKey("cursor"), "HmacSHA256");
  }

  /**
   * @param query everything but the bookmark that decides what the list holds
   */
  String seal(Caller caller, String query, String next) {
    byte[] place = next.getBytes(StandardCharsets.UTF_8);
    byte[] sealed = Arrays.copyOf(mac(caller, query, place), MAC_BYTES + place.length);
    System.arraycopy(place, 0, sealed, MAC_BYTES, place.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
  }

  /** The place that was sealed; anything else is 400. */
  String open(Caller caller, String query, String bookmark) {
    byte[] sealed;
    try {
      sealed = Base64.getUrlDecoder().decode(bookmark);
    } catch (IllegalArgumentException notBase64) {
      throw ApiProblem.invalid("The bookmark is not valid.");
    }
    if (sealed.length < MAC_BYTES || sealed.length > BYTES_MAX) {
      throw ApiProblem.invalid("The bookmark is not valid.");
    }
    byte[] place = Arrays.copyOfRange(sealed, MAC_BYTES, sealed.length);
    byte[] claimed = Arrays.copyOf(sealed, MAC_BYTES);
    if (!MessageDigest.isEqual(claimed, mac(caller, query, place))) {
      throw ApiProblem.invalid("The bookmark is not valid.");
    }
    return new String(place, StandardCharsets.UTF_8);
  }

  private byte[] mac(Caller caller, String query, byte[] place) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      byte[] number = ByteBuffer.allocate(4).putInt(caller.principal().tenantNumber()).array();
      part(mac, LABEL);
      part(mac, number);
      part(mac, caller.principal().auditName().getBytes(StandardCharsets.UTF_8));
      part(mac, query.getBytes(StandardCharsets.UTF_8));
      part(mac, place);
      return Arrays.copyOf(mac.doFinal(), MAC_BYTES);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("HmacSHA256 belongs to every JDK", missing);
    }
  }

  /** Length first, so that no two different lists of parts give the same bytes. */
  private static void part(Mac mac, byte[] bytes) {
    mac.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
    mac.update(bytes);
  }
}
