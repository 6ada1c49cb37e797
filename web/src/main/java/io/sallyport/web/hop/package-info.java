/**
 * The inner side of the hop between the front and the servlet container: the table of peers, the
 * private socket, and the Jetty connector that lets nobody in without a token of that table. May
 * import Jetty, Spring Boot's web server types and {@code platform.certificate}; never {@code
 * mqtt}. Read {@link io.sallyport.web.hop.PeerTable} first, then {@link
 * io.sallyport.web.hop.InnerHop}.
 */
@NullMarked
package io.sallyport.web.hop;

import org.jspecify.annotations.NullMarked;
