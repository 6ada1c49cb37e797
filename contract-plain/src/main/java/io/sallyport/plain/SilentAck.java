package io.sallyport.plain;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.CloseReason;

/** For wills: nobody is there any more to be answered. */
enum SilentAck implements Ack {
  INSTANCE;

  @Override
  public void accepted() {}

  @Override
  public void refused(int reasonCode) {}

  @Override
  public void close(CloseReason reason) {}
}
