package io.sallyport.platform.audit;

/**
 * Makes text of unknown origin fit for audit records and logs (THREATS T46, T48): control
 * characters, line and paragraph separators, text-direction marks and unpaired surrogates become
 * {@code \}{@code uXXXX}, and at most 256 characters remain. Cleaning twice changes nothing.
 */
public final class AuditText {
  public static final int CHARS_MAX = 256;

  private AuditText() {}

  public static String clean(String text) {
    if (isClean(text)) {
      return text;
    }
    StringBuilder clean = new StringBuilder(CHARS_MAX);
    int i = 0;
    while (i < text.length()) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      String piece = isHarmful(point) ? "\\u%04x".formatted(point) : Character.toString(point);
      if (clean.length() + piece.length() > CHARS_MAX - 1) {
        // The last character says that something is missing, unless it fits exactly.
        boolean fits = i == text.length() && clean.length() + piece.length() == CHARS_MAX;
        return clean.append(fits ? piece : "…").toString();
      }
      clean.append(piece);
    }
    return clean.toString();
  }

  private static boolean isClean(String text) {
    return text.length() <= CHARS_MAX && text.codePoints().noneMatch(AuditText::isHarmful);
  }

  private static boolean isHarmful(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
