/**
 * What an operator may set: the configuration file, the bootstrap file, and the strict YAML reader
 * both use.
 */
@NullMarked
package io.sallyport.server.config;

import org.jspecify.annotations.NullMarked;
