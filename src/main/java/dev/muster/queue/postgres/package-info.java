/** The durable job store on Postgres. */
@NullMarked
package dev.muster.queue.postgres;

import org.jspecify.annotations.NullMarked;
