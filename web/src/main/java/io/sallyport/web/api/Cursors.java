package io.sallyport.web.api;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.identity.Principal;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals a store's place in a list into the opaque {@code next} and opens it again, for nobody but
 * the principal that got it, at the address where it got it (THREATS T38). Form: base64url of a
 * 16-byte MAC and the store's text. Thread-safe.
 */
final class Cursors {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int MAC_BYTES = 16;
  private static final int CHARS_MAX = 4096;

  private final SecretKeySpec key;

  /**
   * @param key the purpose key {@code cursor}
   */
  Cursors(byte[] key) {
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  String seal(Principal actor, HttpServletRequest request, String place) {
    byte[] text = place.getBytes(StandardCharsets.UTF_8);
    byte[] sealed = Arrays.copyOf(mac(actor, request, text), MAC_BYTES + text.length);
    System.arraycopy(text, 0, sealed, MAC_BYTES, text.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
  }

  /**
   * @throws io.sallyport.platform.base.ProblemException {@code BAD_CURSOR}
   */
  String open(Principal actor, HttpServletRequest request, String next) {
    byte[] sealed = decode(next);
    byte[] text = Arrays.copyOfRange(sealed, MAC_BYTES, sealed.length);
    if (!MessageDigest.isEqual(Arrays.copyOf(sealed, MAC_BYTES), mac(actor, request, text))) {
      throw badCursor();
    }
    return new String(text, StandardCharsets.UTF_8);
  }

  private static byte[] decode(String next) {
    if (next.length() > CHARS_MAX) {
      throw badCursor();
    }
    byte[] sealed;
    try {
      sealed = Base64.getUrlDecoder().decode(next);
    } catch (IllegalArgumentException e) {
      throw badCursor();
    }
    // Only the one spelling that was given out: no padding, no stray bits.
    if (sealed.length < MAC_BYTES
        || !Base64.getUrlEncoder().withoutPadding().encodeToString(sealed).equals(next)) {
      throw badCursor();
    }
    return sealed;
  }

  /** Covers tenant (in the principal and the path), principal, resource and query. */
  private byte[] mac(Principal actor, HttpServletRequest request, byte[] text) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream fields = new DataOutputStream(bytes);
      put(fields, actor instanceof Principal.OfTenant of ? of.tenant().value() : "");
      put(fields, actor.auditName());
      put(fields, request.getRequestURI());
      for (Map.Entry<String, String[]> parameter :
          new TreeMap<>(request.getParameterMap()).entrySet()) {
        // The page size may change from page to page; it selects nothing.
        if (!parameter.getKey().equals("next") && !parameter.getKey().equals("limit")) {
          put(fields, parameter.getKey());
          fields.writeInt(parameter.getValue().length);
          for (String value : parameter.getValue()) {
            put(fields, value);
          }
        }
      }
      fields.writeInt(text.length);
      fields.write(text);
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return Arrays.copyOf(mac.doFinal(bytes.toByteArray()), MAC_BYTES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks " + ALGORITHM, e);
    }
  }

  private static void put(DataOutputStream fields, String value) throws IOException {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    fields.writeInt(utf8.length);
    fields.write(utf8);
  }

  private static RuntimeException badCursor() {
    return new Problem(Problem.Code.BAD_CURSOR, "next is not one that was given out for this list")
        .asException();
  }
}
