package io.sallyport.platform.space;

/**
 * Is told, after the commit, of changes that act on what is open. Called on the thread of whoever
 * makes the change; must be quick. Connections of a credential that is revoked are closed by {@link
 * io.sallyport.platform.device.LiveConnections}, before this.
 */
public interface PlainSpaceListener {
  void spaceChanged(PlainSpace space);

  /** Nothing of it may stay. */
  void spaceDeleted(PlainSpace space);

  /** Rules, limits or whatever else; the credential stands. */
  void credentialChanged(PlainCredential credential);

  /** Its sessions end. */
  void credentialDeleted(PlainCredential credential);

  /** A bridge of the tenant was made, started, stopped or deleted. */
  void bridgesChanged();
}
