/** Who a caller is, by key or token, and what it may: grants and quotas. */
@NullMarked
package dev.muster.access;

import org.jspecify.annotations.NullMarked;
