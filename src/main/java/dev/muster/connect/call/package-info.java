/** The verb {@code call}: asks whoever answers at an event-bus address, a worker in any language. */
@NullMarked
package dev.muster.connect.call;

import org.jspecify.annotations.NullMarked;
