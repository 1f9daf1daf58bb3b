package dev.muster.node;

import static dev.muster.Soon.soon;

import dev.muster.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A run whose events somebody reads as they come, a line each: from a node over HTTP, or from {@code muster run}. Safe on every thread. */
final class FollowedRun {

    private final CompletableFuture<Map<String, Object>> start = new CompletableFuture<>();
    private final CompletableFuture<Map<String, Object>> end = new CompletableFuture<>();
    private final Map<String, CompletableFuture<Map<String, Object>>> steps = new ConcurrentHashMap<>();

    private FollowedRun() {}

    /** Follows lines to their end; what is no event is left aside. */
    static FollowedRun of(BufferedReader lines) {
        var run = new FollowedRun();
        var reader = new Thread(() -> run.read(lines), "follows-a-run");
        reader.setDaemon(true);
        reader.start();
        return run;
    }

    /** Has a node run a plan for this caller, who takes the events. */
    static FollowedRun of(RawCaller caller, String plan, String input) throws IOException {
        caller.socket.setSoTimeout(0);
        caller.send("POST /v1/plans/" + plan + "/runs HTTP/1.1\r\nHost: localhost\r\nAccept: application/x-ndjson\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + input.length() + "\r\n\r\n" + input);
        return of(new BufferedReader(new InputStreamReader(caller.socket.getInputStream(), StandardCharsets.UTF_8)));
    }

    /** The run's id; waits for it. */
    String id() {
        return String.valueOf(soon(start).get("run"));
    }

    /** The event of a step's end; waits for it. */
    Map<String, Object> step(String path) {
        return soon(stepEnd(path));
    }

    /** The last event; waits for it. */
    Map<String, Object> end() {
        return soon(end);
    }

    boolean isEnded() {
        return end.isDone();
    }

    boolean isEnded(String path) {
        return stepEnd(path).isDone();
    }

    private CompletableFuture<Map<String, Object>> stepEnd(String path) {
        return steps.computeIfAbsent(path, it -> new CompletableFuture<>());
    }

    private void read(BufferedReader lines) {
        var gone = new AssertionError("the events broke off");
        try (lines) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("{")) {
                    take(line);
                } else if (line.startsWith("HTTP/1.1") && !line.startsWith("HTTP/1.1 200")) {
                    gone = new AssertionError(line);
                }
            }
        } catch (IOException e) {
            gone.addSuppressed(e);
        }
        start.completeExceptionally(gone);
        end.completeExceptionally(gone);
        steps.values().forEach(step -> step.completeExceptionally(new AssertionError("the run ended before")));
    }

    @SuppressWarnings("unchecked")
    private void take(String line) {
        var event = (Map<String, Object>) Json.parse(line);
        switch (String.valueOf(event.get("event"))) {
            case "start" -> start.complete(event);
            case "step" -> stepEnd(String.valueOf(event.get("path"))).complete(event);
            case "end" -> end.complete(event);
            default -> {
                // Items, and signs of life.
            }
        }
    }
}
