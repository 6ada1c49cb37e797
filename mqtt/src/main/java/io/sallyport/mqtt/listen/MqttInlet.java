package io.sallyport.mqtt.listen;

import io.netty.channel.ChannelPipeline;
import io.sallyport.mqtt.ConnectionInfo;

/** Where a connection goes whose first byte begins an MQTT CONNECT. */
@FunctionalInterface
public interface MqttInlet {
  /**
   * Appends the engine's handlers. Called once per connection on its event loop. The channel is
   * active already, so {@code channelActive} will not come; the bytes read so far follow as a
   * {@code channelRead} as soon as this returns. Auto-read is on and half-closure off: the peer's
   * FIN closes the channel.
   */
  void install(ChannelPipeline pipeline, ConnectionInfo info);
}
