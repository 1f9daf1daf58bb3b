/** The verb {@code call}: requests to workers, in any language, at event-bus addresses. */
@NullMarked
package dev.muster.connect.call;

import org.jspecify.annotations.NullMarked;
