/**
 * The filters in front of every route of this room: TLS, origin, login, and what is closed. May
 * import {@code problem} and the platform. Read {@link io.sallyport.web.login.ApiDoor} first.
 */
@NullMarked
package io.sallyport.web.login;

import org.jspecify.annotations.NullMarked;
