/** The verb {@code file}: reads, writes and filters files below one folder for each source, off the loop. */
@NullMarked
package dev.muster.connect.file;

import org.jspecify.annotations.NullMarked;
