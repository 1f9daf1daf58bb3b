package dev.muster.node;

import dev.muster.Soon;
import dev.muster.service.ManagedRun;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** A node with a bridge and plans that its clients ask for. */
final class BridgeRig implements AutoCloseable {

    /** An address for the events of a run. */
    static final String EVENTS = "muster.events.0123456789abcdef";

    final ServeRig rig;
    private final String config;

    /** One whose server has these words about its bridge. Not started yet. */
    BridgeRig(Path conf, String bridge) throws Exception {
        config = "server: {port: 0, workers: 2, drain: 5s, bridge: {" + bridge + "}}\n";
        rig = new ServeRig(conf)
                .config(config)
                .plan("steps", "steps: {a: {set: 1}, b: {set: 2, after: [a]}}")
                .plan("calls", "steps: {r: {call: images.resize, with: {width: 200, big: 123456789012345678901}}}")
                .plan("sleeps", "steps: {long: {sleep: 1m}}");
    }

    /** Further sections of the configuration. */
    BridgeRig config(String more) throws Exception {
        rig.config(config + more);
        return this;
    }

    BridgeRig plan(String name, String rest) throws Exception {
        rig.plan(name, rest);
        return this;
    }

    BridgeRig start() throws Exception {
        rig.start();
        return this;
    }

    /** A client over TCP. */
    BridgePeer peer() throws Exception {
        return new BridgePeer(rig);
    }

    /** What has such a plan run, with its events sent to {@link #EVENTS}. */
    static Map<String, Object> run(String plan) {
        return Map.of("plan", plan, "events", EVENTS);
    }

    /** The plans of the runs that there are. */
    Set<String> running() {
        return rig.service().runManager().live().stream().map(ManagedRun::plan).collect(Collectors.toSet());
    }

    void awaitRunning(int count) {
        Soon.until("so many runs", () -> rig.service().runManager().running() == count);
    }

    /** Drains it; returns once it has begun to. */
    CompletableFuture<Void> drain() {
        var drained = CompletableFuture.runAsync(() -> {
            try {
                rig.service().drain();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Soon.until("the start of the drain", () -> rig.service().isStopping());
        return drained;
    }

    @Override
    public void close() {
        rig.close();
    }
}
