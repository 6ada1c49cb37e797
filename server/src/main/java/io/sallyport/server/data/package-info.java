/**
 * The data folder and the key folder beside it: versions, locks, file modes, backup and restore.
 */
@NullMarked
package io.sallyport.server.data;

import org.jspecify.annotations.NullMarked;
