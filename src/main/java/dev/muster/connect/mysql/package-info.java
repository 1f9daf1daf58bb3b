/** MySQL and MariaDB as sources: addresses, types as JSON, errors, and the confirmed end of a query. */
@NullMarked
package dev.muster.connect.mysql;

import org.jspecify.annotations.NullMarked;
