/**
 * The registry of devices and device types, their credentials, their login, and their live
 * connections. Read {@link io.sallyport.platform.device.DeviceAuthenticator} first.
 */
@NullMarked
package io.sallyport.platform.device;

import org.jspecify.annotations.NullMarked;
