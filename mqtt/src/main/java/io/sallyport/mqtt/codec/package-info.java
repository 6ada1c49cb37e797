/**
 * Our own strict codec of MQTT 3.1, 3.1.1 and 5: bytes to {@link
 * io.sallyport.mqtt.codec.MqttPacket} and back, in one pass, with every limit decided before
 * anything is buffered. Knows the seam's values and Netty's buffers, nothing of sessions or
 * connections. Start with {@link io.sallyport.mqtt.codec.PacketDecoder}.
 */
@NullMarked
package io.sallyport.mqtt.codec;

import org.jspecify.annotations.NullMarked;
