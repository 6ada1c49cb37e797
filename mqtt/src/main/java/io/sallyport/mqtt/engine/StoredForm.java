package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ClientGate;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.MessageProperties;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.codec.MqttPacket;
import io.sallyport.mqtt.codec.StoredProperties;
import io.sallyport.mqtt.store.StoredMessage;
import io.sallyport.mqtt.store.StoredWill;
import org.jspecify.annotations.Nullable;

/** Messages and wills as rows have them, and back. */
final class StoredForm {
  private StoredForm() {}

  static StoredMessage of(Message message, @Nullable SessionKey author) {
    return of(message, author, message.attachment() instanceof Message.Note note ? note.tag() : "");
  }

  private static StoredMessage of(Message message, @Nullable SessionKey author, String tag) {
    return new StoredMessage(
        message.topic(),
        message.payload(),
        StoredProperties.of(message.properties()),
        message.qos(),
        message.retained(),
        message.expiresAtMillis(),
        author == null ? "" : author.owner(),
        tag);
  }

  static Message message(ClientGate gate, Scope scope, StoredMessage stored) {
    Object note = stored.tag().isEmpty() ? null : gate.note(scope, stored.tag());
    Message message = message(stored, note, StoredProperties.read(stored.properties()));
    return stored.expiresAtMillis() == 0 ? message : message.expiringAt(stored.expiresAtMillis());
  }

  private static Message message(
      StoredMessage stored, @Nullable Object note, MessageProperties properties) {
    return new Message(
        stored.topic(), stored.payload(), stored.qos(), stored.retain(), note, properties);
  }

  /**
   * @param login stands where another message has its note: nobody has made one for a will
   * @param dueAtMillis 0 while the client is connected
   */
  static StoredWill of(MqttPacket.Will will, SessionKey author, String login, long dueAtMillis) {
    MessageProperties properties = will.message().properties();
    return new StoredWill(
        of(will.message(), author, login),
        will.delaySeconds(),
        dueAtMillis,
        properties.expires() ? properties.expirySeconds() : 0);
  }

  static MqttPacket.Will will(StoredWill stored) {
    MessageProperties said = StoredProperties.read(stored.message().properties());
    MessageProperties properties =
        stored.expirySeconds() == 0
            ? said
            : new MessageProperties(
                said.payloadFormat(),
                stored.expirySeconds(),
                said.contentType(),
                said.responseTopic(),
                said.correlationData(),
                said.userProperties());
    return new MqttPacket.Will(message(stored.message(), null, properties), stored.delaySeconds());
  }
}
