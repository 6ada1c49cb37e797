package io.sallyport.watson.messaging;

import io.sallyport.mqtt.Delivery;
import io.sallyport.platform.command.CommandRoute;

/** Tells the dispatcher how a command's message ended. */
record CommandDelivery(CommandRoute.Outcome outcome) implements Delivery {
  @Override
  public void delivered() {
    outcome.delivered();
  }

  @Override
  public void dropped() {
    outcome.dropped();
  }
}
