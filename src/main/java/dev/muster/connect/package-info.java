/**
 * One package for each kind of source (words, settings, client, cancel, readiness, statistics); {@code connect.sql} is shared by the SQL
 * kinds.
 */
@NullMarked
package dev.muster.connect;

import org.jspecify.annotations.NullMarked;
