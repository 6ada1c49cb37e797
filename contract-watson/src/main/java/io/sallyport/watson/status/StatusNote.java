package io.sallyport.watson.status;

import io.sallyport.mqtt.Message;
import java.util.Arrays;
import java.util.Optional;

/** Attached to status messages: whether address and user are in them. */
public enum StatusNote implements Message.Note {
  FULL,
  MASKED;

  @Override
  public String tag() {
    return name();
  }

  /** Empty for what is none. */
  public static Optional<StatusNote> ofTag(String tag) {
    return Arrays.stream(values()).filter(note -> note.name().equals(tag)).findFirst();
  }
}
