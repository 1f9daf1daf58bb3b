package dev.muster.cli.queue;

import dev.muster.cli.TerminalStyle;
import dev.muster.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tables of queues and jobs for people: one row each, numbers aligned right, column widths fitted to the content. */
public final class QueueTable {

    private static final String LAST_ERROR = "lastError";
    private static final List<String> COUNTS =
            List.of("size", "scheduled", "ready", "leased", "done", "dead", "cancelled");
    private static final int MIN_BODY = 20;

    private final TerminalStyle style;
    private final List<List<String>> rows = new ArrayList<>();
    private final int firstNumber;
    private final int lastNumber;

    /** Creates a table in which the columns of this range hold numbers. */
    private QueueTable(TerminalStyle style, int firstNumber, int lastNumber) {
        this.style = style;
        this.firstNumber = firstNumber;
        this.lastNumber = lastNumber;
    }

    /** The table of queues. */
    public static List<String> queues(List<Map<String, @Nullable Object>> queues, TerminalStyle style) {
        var table = new QueueTable(style, 2, 1 + COUNTS.size());
        var head = new ArrayList<>(List.of("queue", "store"));
        head.addAll(COUNTS);
        head.add("");
        table.rows.add(head);
        for (Map<String, @Nullable Object> queue : queues) {
            var row = new ArrayList<>(List.of(text(queue, "name"), text(queue, "store")));
            COUNTS.forEach(count -> row.add(text(queue, count)));
            row.add(switches(queue));
            table.rows.add(row);
        }
        return table.lines();
    }

    static List<String> jobs(List<Map<String, @Nullable Object>> jobs, TerminalStyle style) {
        var table = new QueueTable(style, 0, 1);
        boolean areOver = jobs.stream().anyMatch(job -> job.get(LAST_ERROR) != null);
        table.rows.add(List.of("id", "attempt", "created", "key", areOver ? "last error" : "error", "body"));
        for (Map<String, @Nullable Object> job : jobs) {
            table.rows.add(List.of(
                    text(job, "id"),
                    text(job, "attempt"),
                    text(job, "created").replaceFirst("[.][0-9]+Z", "Z"),
                    text(job, "key"),
                    error(job.get(areOver ? LAST_ERROR : "error")),
                    Json.write(job.get("body"))));
        }
        return table.lines();
    }

    private List<String> lines() {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                String cell = style.printable(row.get(i));
                widths[i] = Math.max(widths[i], Math.min(cell.codePointCount(0, cell.length()), style.width() / 3));
            }
        }
        int before = 0;
        for (int i = 0; i < widths.length - 1; i++) {
            before += widths[i] + 2;
        }
        widths[widths.length - 1] = Math.max(MIN_BODY, style.width() - before - 1);
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private String line(List<String> row, int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = style.fit(row.get(i), widths[i]);
            String space = " ".repeat(widths[i] - cell.codePointCount(0, cell.length()));
            line.append(i == 0 ? "" : "  ").append(i >= firstNumber && i <= lastNumber ? space + cell : cell + space);
        }
        return line.toString().stripTrailing();
    }

    private static String switches(Map<String, @Nullable Object> queue) {
        boolean paused = Boolean.TRUE.equals(queue.get("paused"));
        boolean closed = Boolean.TRUE.equals(queue.get("closed"));
        if (queue.get("error") != null) {
            return error(queue.get("error"));
        }
        return paused && closed ? "paused, closed" : paused ? "paused" : closed ? "closed" : "";
    }

    private static String error(@Nullable Object error) {
        if (error instanceof Map<?, ?> map && map.get("detail") != null) {
            Object type = map.get("type");
            return (type == null ? "" : type + ": ") + map.get("detail");
        }
        return error == null ? "" : Json.write(error);
    }

    private static String text(Map<String, @Nullable Object> value, String word) {
        Object part = value.get(word);
        return part == null ? "" : String.valueOf(part);
    }
}
