/**
 * The verb {@code mongo}: finds, aggregates and changes documents, with the reactive driver on which the client of Vert.x is
 * built.
 */
@NullMarked
package dev.muster.connect.mongo;

import org.jspecify.annotations.NullMarked;
