package io.sallyport.watson.status;

/** Attached to status messages: whether address and user are in them. */
public enum StatusNote {
  FULL,
  MASKED
}
