/** What Postgres and MySQL have in common: words, settings, named queries, the pool, rows as JSON, cursors, transactions. */
@NullMarked
package dev.muster.connect.sql;

import org.jspecify.annotations.NullMarked;
