package dev.muster.cli;

import dev.muster.log.AsyncWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The display on standard error: permanent lines and, on a terminal, one live picture below them that is redrawn in
 * place. Safe on any thread.
 */
final class Screen {

    private static final String ERASE_LINE = "\u001b[K";
    private static final String ERASE_BELOW = "\u001b[J";

    private final AsyncWriter writer;
    private int drawnLines;

    Screen(AsyncWriter writer) {
        this.writer = writer;
    }

    /** Adds permanent lines. Erases the picture until its next draw. */
    synchronized void say(String lines) {
        write(upAgain() + (drawnLines > 0 ? ERASE_BELOW : "") + lines);
        drawnLines = 0;
    }

    /** Draws the picture; skipped while the terminal has not yet accepted earlier output. */
    synchronized void draw(List<String> lines) {
        if (!writer.whenIdle().isDone()) {
            return;
        }
        // The cursor stays below the picture, where other output starts.
        var text = new StringBuilder(upAgain());
        lines.forEach(line -> text.append(line).append(ERASE_LINE).append('\n'));
        write(text.append(ERASE_BELOW).toString());
        drawnLines = lines.size();
    }

    synchronized void clear() {
        if (drawnLines > 0) {
            say("");
        }
    }

    private String upAgain() {
        return drawnLines == 0 ? "" : "\u001b[" + drawnLines + "A\r";
    }

    private void write(String text) {
        // Lines for people also come from event loops, which must not wait for a terminal.
        writer.writeOrDrop(text.getBytes(StandardCharsets.UTF_8));
    }
}
