/** The only source of order and time: the event loop that task trees run on. */
@NullMarked
package dev.muster.loop;

import org.jspecify.annotations.NullMarked;
