package io.sallyport.plain;

/**
 * What a SUBSCRIBE named: a filter, or a share and a filter (v5 §4.8.2).
 *
 * @param text as the client wrote it
 */
record HeldFilter(String text) {
  private static final String SHARE = "$share/";

  static HeldFilter shared(String share, String filter) {
    return new HeldFilter(SHARE + share + "/" + filter);
  }

  /** The part that topics are compared with, and rights are asked for. */
  String filter() {
    if (!text.startsWith(SHARE)) {
      return text;
    }
    return text.substring(text.indexOf('/', SHARE.length()) + 1);
  }
}
