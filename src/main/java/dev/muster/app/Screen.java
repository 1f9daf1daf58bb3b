package dev.muster.app;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Standard error as people see it: lines that stay, and on a terminal one picture of the moment below them, drawn over
 * itself. Safe on every thread.
 */
final class Screen {

    private static final String ERASE_LINE = "\u001b[K";
    private static final String ERASE_BELOW = "\u001b[J";

    private final Pen pen;
    private int drawnLines;

    Screen(Pen pen) {
        this.pen = pen;
    }

    /** Adds lines that stay; the picture gives way and comes back with its next draw. */
    synchronized void say(String lines) {
        write(upAgain() + (drawnLines > 0 ? ERASE_BELOW : "") + lines);
        drawnLines = 0;
    }

    /** Draws the picture, unless the terminal has not taken the last one yet. */
    synchronized void draw(List<String> lines) {
        if (!pen.whenIdle().isDone()) {
            return;
        }
        // The cursor stays below the picture, where whatever else is written belongs.
        var text = new StringBuilder(upAgain());
        lines.forEach(line -> text.append(line).append(ERASE_LINE).append('\n'));
        write(text.append(ERASE_BELOW).toString());
        drawnLines = lines.size();
    }

    /** Takes the picture away. */
    synchronized void clear() {
        if (drawnLines > 0) {
            say("");
        }
    }

    private String upAgain() {
        return drawnLines == 0 ? "" : "\u001b[" + drawnLines + "A\r";
    }

    private void write(String text) {
        // Lines for people come from event loops too, which do not wait for a terminal.
        pen.writeOrDrop(text.getBytes(StandardCharsets.UTF_8));
    }
}
