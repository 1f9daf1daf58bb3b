/** Callers and grants: how a caller authenticates, by key or token, and what it may do. */
@NullMarked
package dev.muster.access;

import org.jspecify.annotations.NullMarked;
