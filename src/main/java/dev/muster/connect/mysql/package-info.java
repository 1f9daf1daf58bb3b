/** MySQL and MariaDB as sources: their addresses, their types as JSON, their errors, and the confirmed end of a query. */
@NullMarked
package dev.muster.connect.mysql;

import org.jspecify.annotations.NullMarked;
