package io.sallyport.web.json;

/**
 * Marks the records that go in and out as bodies of this room. Only they are read and written by
 * {@link ApiJsonConverter}; other rooms' controllers keep their own JSON rules.
 */
public interface ApiJson {}
