/** The verb {@code file}: files below one folder a source, read, written and filtered line by line off the loop. */
@NullMarked
package dev.muster.connect.file;

import org.jspecify.annotations.NullMarked;
