/**
 * Values that every room speaks: identifiers, pages, payload bytes, problems, secrets. Imports
 * nothing of Sallyport. Read {@link io.sallyport.platform.base.DeviceKey} first.
 */
@NullMarked
package io.sallyport.platform.base;

import org.jspecify.annotations.NullMarked;
