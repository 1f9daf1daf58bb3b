package dev.muster.cli;

/** A bar on a time axis, as text. */
final class Bar {

    private static final String EIGHTHS = " ▏▎▍▌▋▊▉";

    private Bar() {}

    /**
     * The text of a bar from {@code startNanos} to {@code endNanos} on an axis of {@code axisNanos}, drawn on this
     * number of columns. A bar has a minimum width, so that the shortest one is visible.
     */
    static String of(long startNanos, long endNanos, long axisNanos, int columns, boolean unicode) {
        double perColumn = Math.max(1, axisNanos) / (double) columns;
        int first = (int) Math.min(columns - 1, Math.max(0, Math.floor(startNanos / perColumn)));
        double length = Math.max(0, endNanos / perColumn - first);
        return unicode ? blocks(first, length, columns) : marks(first, length, columns);
    }

    private static String blocks(int first, double length, int columns) {
        int eighths = (int) Math.max(1, Math.min((columns - first) * 8L, Math.round(length * 8)));
        var line = new StringBuilder(" ".repeat(first)).append("█".repeat(eighths / 8));
        if (eighths % 8 > 0) {
            line.append(EIGHTHS.charAt(eighths % 8));
        }
        return line.append(" ".repeat(columns - line.length())).toString();
    }

    private static String marks(int first, double length, int columns) {
        int marks = (int) Math.max(1, Math.min(columns - first, Math.round(length)));
        return " ".repeat(first) + "#".repeat(marks) + " ".repeat(columns - first - marks);
    }
}
