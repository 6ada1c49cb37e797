/**
 * What devices are asked to do: commands, their life, their routes to live connections. Read {@link
 * io.sallyport.platform.command.CommandService} first.
 */
@NullMarked
package io.sallyport.platform.command;

import org.jspecify.annotations.NullMarked;
