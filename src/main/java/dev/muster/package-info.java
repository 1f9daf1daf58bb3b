/**
 * The entry point of the production jar and the list of all commands.
 */
@NullMarked
package dev.muster;

import org.jspecify.annotations.NullMarked;
