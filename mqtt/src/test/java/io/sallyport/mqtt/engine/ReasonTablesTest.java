package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.mqtt.ReasonCode;
import io.sallyport.mqtt.ReasonCode.Carrier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** v5:MQTT-3.2.2-8, v5:MQTT-3.14.2-1: each reason stands in its table of the standard. */
class ReasonTablesTest {
  @ParameterizedTest
  @EnumSource(CloseReason.class)
  void close_reason_may_stand_in_a_disconnect_of_the_server(CloseReason reason) {
    assertThat(ReasonCode.isValid(Carrier.SERVER_DISCONNECT, reason.reasonCode().code())).isTrue();
  }

  @ParameterizedTest
  @EnumSource(ConnectRefusal.class)
  void refusal_may_stand_in_a_connack(ConnectRefusal refusal) {
    assertThat(ReasonCode.isValid(Carrier.CONNACK, refusal.reasonCode())).isTrue();
    assertThat(ReasonCode.isFailure(refusal.reasonCode())).isTrue();
    assertThat(refusal.returnCode()).isBetween(1, 5);
  }
}
