/** The verb {@code mongo}: finds, aggregates and changes documents, by the driver that Vert.x's own client stands on. */
@NullMarked
package dev.muster.connect.mongo;

import org.jspecify.annotations.NullMarked;
