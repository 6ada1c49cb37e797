/**
 * Fakes for the tests of all rooms: in-memory stores with real transactions, a settable clock, and
 * {@link io.sallyport.platform.testing.PlatformFixture}, which wires the whole domain over them.
 */
@NullMarked
package io.sallyport.platform.testing;

import org.jspecify.annotations.NullMarked;
