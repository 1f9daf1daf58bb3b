package dev.muster.node;

import dev.muster.json.Json;
import dev.muster.node.CancelCause.Victim;
import dev.muster.node.HangingSources.HangingSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The sources of the matrix of cancels, a node in this process whose plans hang at them, and a configuration for nodes in processes of
 * their own. A plan is named as its source; NAME_timed is the same with a time-out.
 */
final class CancelRig implements AutoCloseable {

    /** What the names of plans end with whose steps have a time-out. */
    static final String TIMED = "_timed";

    /** A time-out long enough for a slow machine to begin all work before. */
    private static final Duration LONG = Duration.ofSeconds(3);

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String LIMITS = "limits: {cleanUp: 30s, runTime: 5m}";

    private final Path dir;
    private final Duration time;
    private final AtomicLong numbers = new AtomicLong(1000);
    private final HangingSources sources;
    private final Extensions extensions;
    private final ServeRig node;
    private final Queue<RawCaller> callers = new ConcurrentLinkedQueue<>();

    CancelRig(Path dir) throws Exception {
        this(dir, LONG);
    }

    /** @param time of the steps that have a time-out */
    CancelRig(Path dir, Duration time) throws Exception {
        this.dir = dir;
        this.time = time;
        sources = new HangingSources(Files.createDirectories(dir.resolve("files")));
        extensions = Extensions.write(dir.resolve("extensions"));
        node = new ServeRig(dir.resolve("conf"))
                .config("server: {port: 0, workers: 2, drain: 1ms, " + LIMITS + "}\n" + sources.config());
        for (String name : HangingSources.names()) {
            HangingSource source = sources.get(name);
            node.plan(name, plan(source, ""));
            node.plan(name + TIMED, plan(source, ", timeout: " + time.toMillis() + "ms"));
        }
        extensions.installed(node::start);
    }

    /** A plan that hangs at all sources at once. */
    String planOfAll() {
        var text = new StringBuilder("plan: all\ntimeout: 5m\ninput:\n");
        HangingSources.names().forEach(name -> text.append("  ").append(name).append(": integer\n"));
        text.append("steps:\n");
        HangingSources.names().forEach(name -> text.append(sources.get(name).steps("")));
        return text.append("output: 1\n").toString();
    }

    private static String plan(HangingSource source, String policies) {
        return "timeout: 5m\ninput: {" + source.name() + ": integer}\nsteps:\n" + source.steps(policies)
                + "  other: {http: gate, get: '/other/{id}', " + source.args() + "}\noutput: = " + source.last();
    }

    HangingSources sources() {
        return sources;
    }

    /** A number that no other run has. */
    long nextNumber() {
        return numbers.incrementAndGet();
    }

    /** A run for each source, for which all is ready that it needs to hang. */
    List<Victim> victims() {
        var victims = new ArrayList<Victim>();
        for (String name : HangingSources.names()) {
            var victim = new Victim(sources.get(name), nextNumber());
            victim.source().prepare(victim.number());
            victims.add(victim);
        }
        return victims;
    }

    /** The time of the steps that have a time-out. */
    Duration time() {
        return time;
    }

    HeldRequests requests() {
        return sources.requests;
    }

    Extensions extensions() {
        return extensions;
    }

    /** A folder for whatever else a test writes. */
    Path dir() {
        return dir;
    }

    /** The folder of the configuration. */
    Path conf() {
        return node.conf;
    }

    /** Has the node run a plan of a source; whoever asked stays. */
    FollowedRun run(String plan, HangingSource source, long number) throws IOException {
        var caller = new RawCaller(node.port());
        callers.add(caller);
        return run(caller, plan, source, number);
    }

    /** The same, for a caller of one's own. */
    static FollowedRun run(RawCaller caller, String plan, HangingSource source, long number) throws IOException {
        return FollowedRun.of(caller, plan, "{\"" + source.name() + "\": " + number + "}");
    }

    int port() {
        return node.port();
    }

    /** What the node says of a run. */
    @SuppressWarnings("unchecked")
    Map<String, Object> report(String run) throws IOException, InterruptedException {
        return (Map<String, Object>)
                Objects.requireNonNull(Json.parse(node.get("/v1/runs/" + run).body()));
    }

    /** Whether a run of the node has ended. */
    boolean hasEnded(String run) throws IOException, InterruptedException {
        return !"running".equals(report(run).get("state"));
    }

    /** A step in the report of a run that has ended; waits for that. */
    Map<String, Object> endedStep(String run, String path) throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!hasEnded(run)) {
            if (System.nanoTime() > endNanos) {
                throw new AssertionError("still running: " + report(run));
            }
        }
        return ((List<?>) report(run).get("steps"))
                .stream()
                        .map(step -> step(step))
                        .filter(step -> path.equals(step.get("path")))
                        .findAny()
                        .orElseThrow();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> step(Object step) {
        return (Map<String, Object>) step;
    }

    /** Cancels a run as its caller. */
    void delete(String run) throws IOException, InterruptedException {
        node.send(node.request("/v1/runs/" + run).DELETE());
    }

    @Override
    public void close() throws IOException {
        requests().answerAll();
        for (RawCaller caller : callers) {
            caller.close();
        }
        node.close();
        sources.close();
    }
}
