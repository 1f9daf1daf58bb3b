/** The verb {@code http}: requests to services over HTTP/1.1 and HTTP/2, below the address of their source. */
@NullMarked
package dev.muster.connect.http;

import org.jspecify.annotations.NullMarked;
