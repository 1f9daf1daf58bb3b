/** Takes runs in: who may, how many at once, and what they reported for a while. */
@NullMarked
package dev.muster.dispatch;

import org.jspecify.annotations.NullMarked;
