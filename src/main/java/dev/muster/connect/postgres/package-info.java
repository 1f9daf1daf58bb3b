/** The verb {@code postgres}: connections, types and the confirmed cancel of Postgres. */
@NullMarked
package dev.muster.connect.postgres;

import org.jspecify.annotations.NullMarked;
