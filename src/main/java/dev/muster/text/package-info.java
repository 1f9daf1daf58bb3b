/** Text helpers: UTF-8, and foreign text made printable for messages. */
@NullMarked
package dev.muster.text;

import org.jspecify.annotations.NullMarked;
