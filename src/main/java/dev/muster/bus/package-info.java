/** Event-bus addresses, their message shapes, and the bridges for clients in other languages. */
@NullMarked
package dev.muster.bus;

import org.jspecify.annotations.NullMarked;
