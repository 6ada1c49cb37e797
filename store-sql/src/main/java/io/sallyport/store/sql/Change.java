package io.sallyport.store.sql;

import io.sallyport.platform.base.Problem;

/**
 * What a change is about, to put a database's complaint into the domain's words.
 *
 * @param subject what is changed, e.g. {@code device acme01/pump/p1}
 * @param onForeignKey what it means when a row that must be there isn't, or one refers to this
 */
record Change(String subject, Problem.Code onForeignKey) {
  static Change of(String subject) {
    return new Change(subject, Problem.Code.NOT_FOUND);
  }

  static Change deleting(String subject) {
    return new Change(subject, Problem.Code.IN_USE);
  }
}
