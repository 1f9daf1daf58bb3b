/** What the SQL databases share: words, settings, named queries, the pool, rows as JSON, cursors and transactions. */
@NullMarked
package dev.muster.connect.sql;

import org.jspecify.annotations.NullMarked;
