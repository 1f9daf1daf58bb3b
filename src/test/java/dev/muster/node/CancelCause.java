package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import dev.muster.node.HangingSources.HangingSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A cause of cancels: how runs begin that hang at sources, how it strikes them, and what their receipts say then. An object serves one
 * round of runs, on one thread.
 */
abstract sealed class CancelCause implements AutoCloseable {

    private final String title;
    final Map<String, FollowedRun> runs = new LinkedHashMap<>();

    CancelCause(String title) {
        this.title = title;
    }

    /** A run at a source, by the number that the work has there. */
    record Victim(HangingSource source, long number) {
        String name() {
            return source.name();
        }
    }

    final String title() {
        return title;
    }

    /** Has the runs begin. */
    abstract void begin(CancelRig rig, List<Victim> victims) throws Exception;

    /** Strikes a run, or all of them if it can do no less; the time just before. */
    abstract long strike(CancelRig rig, Victim victim) throws Exception;

    /** Whether its run has ended. */
    boolean isEnded(CancelRig rig, Victim victim) throws Exception {
        return run(victim).isEnded();
    }

    /** The end of the step that hung, in every place where its receipt stands; waits for it. */
    List<Map<String, Object>> ends(CancelRig rig, Victim victim) throws Exception {
        return List.of(run(victim).step(victim.name()));
    }

    /** The state of the step that hung. */
    String state() {
        return "cancelled";
    }

    /** What receipts say of who. */
    abstract String by();

    /** A regular expression of what receipts say of why. */
    abstract String why();

    /** Takes what has begun to its end, which is waited for. */
    @Override
    public void close() throws Exception {}

    final FollowedRun run(Victim victim) {
        return Objects.requireNonNull(runs.get(victim.name()));
    }

    /** A cause in the node of this process. */
    private abstract static sealed class InNode extends CancelCause {
        private final String suffix;
        private final Map<String, Long> askedNanos = new LinkedHashMap<>();

        InNode(String title, String suffix) {
            super(title);
            this.suffix = suffix;
        }

        @Override
        void begin(CancelRig rig, List<Victim> victims) throws Exception {
            for (Victim victim : victims) {
                askedNanos.put(victim.name(), System.nanoTime());
                runs.put(victim.name(), rig.run(victim.name() + suffix, victim.source(), victim.number()));
            }
            victims.forEach(victim -> run(victim).id());
        }

        /** When its run was asked for. */
        final long askedNanos(Victim victim) {
            return Objects.requireNonNull(askedNanos.get(victim.name()));
        }

        @Override
        List<Map<String, Object>> ends(CancelRig rig, Victim victim) throws Exception {
            FollowedRun run = run(victim);
            return List.of(run.step(victim.name()), rig.endedStep(run.id(), victim.name()));
        }
    }

    /** The caller closes its connection. */
    static final class CallerGone extends InNode {
        private final Map<String, RawCaller> callers = new LinkedHashMap<>();

        CallerGone() {
            super("caller gone", "");
        }

        @Override
        void begin(CancelRig rig, List<Victim> victims) throws Exception {
            for (Victim victim : victims) {
                var caller = new RawCaller(rig.port());
                callers.put(victim.name(), caller);
                runs.put(victim.name(), CancelRig.run(caller, victim.name(), victim.source(), victim.number()));
            }
            victims.forEach(victim -> run(victim).id());
        }

        @Override
        long strike(CancelRig rig, Victim victim) throws Exception {
            long nowNanos = System.nanoTime();
            Objects.requireNonNull(callers.get(victim.name())).close();
            return nowNanos;
        }

        @Override
        boolean isEnded(CancelRig rig, Victim victim) throws Exception {
            return rig.hasEnded(run(victim).id());
        }

        @Override
        List<Map<String, Object>> ends(CancelRig rig, Victim victim) throws Exception {
            return List.of(rig.endedStep(run(victim).id(), victim.name()));
        }

        @Override
        String by() {
            return "caller";
        }

        @Override
        String why() {
            return "the caller left";
        }
    }

    /** The time of the step is up. */
    static final class TimeOut extends InNode {
        TimeOut() {
            super("time-out", CancelRig.TIMED);
        }

        /** It strikes by itself, at the earliest when this time has passed since the run was asked for. */
        @Override
        long strike(CancelRig rig, Victim victim) {
            return askedNanos(victim) + rig.time().toNanos();
        }

        @Override
        String state() {
            return "timedOut";
        }

        @Override
        String by() {
            return "deadline";
        }

        @Override
        String why() {
            return "no end within \\d+ ms";
        }
    }

    /** A step of the same run fails. */
    static final class SiblingFailed extends InNode {
        SiblingFailed() {
            super("sibling failed", "");
        }

        @Override
        long strike(CancelRig rig, Victim victim) {
            long nowNanos = System.nanoTime();
            rig.requests().answer("/other/" + victim.number(), 500, "{}");
            return nowNanos;
        }

        @Override
        String by() {
            return "sibling";
        }

        @Override
        String why() {
            return "other failed.*";
        }
    }

    /** Somebody cancels the run by its id. */
    static final class Deleted extends InNode {
        Deleted() {
            super("DELETE", "");
        }

        @Override
        long strike(CancelRig rig, Victim victim) throws Exception {
            String id = run(victim).id();
            long nowNanos = System.nanoTime();
            rig.delete(id);
            return nowNanos;
        }

        @Override
        String by() {
            return "request";
        }

        @Override
        String why() {
            return "cancelled by .*";
        }
    }

    /** A signal to a process that strikes all its runs at once. */
    private abstract static sealed class Signalled extends CancelCause {
        private final String signal;
        private final int code;
        private @Nullable SignalledProcess muster;
        private long struckNanos;

        Signalled(String title, String signal, int code) {
            super(title);
            this.signal = signal;
            this.code = code;
        }

        final SignalledProcess start(CancelRig rig, String... words) throws Exception {
            muster = SignalledProcess.start(rig.extensions(), words);
            return muster;
        }

        @Override
        long strike(CancelRig rig, Victim victim) throws Exception {
            if (struckNanos == 0) {
                struckNanos = System.nanoTime();
                Objects.requireNonNull(muster).signal(signal);
            }
            return struckNanos;
        }

        @Override
        public void close() throws Exception {
            try (SignalledProcess ending = muster) {
                if (ending != null && struckNanos != 0) {
                    assertThat(ending.code()).isEqualTo(code);
                }
            }
        }
    }

    /** Somebody presses Ctrl-C: SIGINT to {@code muster run}, whose one run is at work at all sources. */
    static final class CtrlC extends Signalled {
        CtrlC() {
            super("Ctrl-C", "INT", 130);
        }

        @Override
        void begin(CancelRig rig, List<Victim> victims) throws Exception {
            Path plan = Files.writeString(rig.dir().resolve("all.yaml"), rig.planOfAll());
            var input = new LinkedHashMap<String, Object>();
            victims.forEach(victim -> input.put(victim.name(), victim.number()));
            String conf = rig.conf().toString();
            var run = FollowedRun.of(
                    start(rig, "run", plan.toString(), "--conf", conf, "--input", Json.write(input), "--stream")
                            .out());
            victims.forEach(victim -> runs.put(victim.name(), run));
        }

        @Override
        String by() {
            return "caller";
        }

        @Override
        String why() {
            return ".*SIGINT.*";
        }
    }

    /** A node is told to stop, SIGTERM to {@code muster serve}, and the time that its runs have left is up. */
    static final class Terminated extends Signalled {
        private final Map<String, RawCaller> callers = new LinkedHashMap<>();

        Terminated() {
            super("SIGTERM", "TERM", 0);
        }

        @Override
        void begin(CancelRig rig, List<Victim> victims) throws Exception {
            int port = start(rig, "serve", "--conf", rig.conf().toString()).port();
            for (Victim victim : victims) {
                var caller = new RawCaller(port);
                callers.put(victim.name(), caller);
                runs.put(victim.name(), CancelRig.run(caller, victim.name(), victim.source(), victim.number()));
            }
        }

        @Override
        String by() {
            return "node";
        }

        @Override
        String why() {
            return "the node stops";
        }

        @Override
        public void close() throws Exception {
            super.close();
            for (RawCaller caller : callers.values()) {
                caller.close();
            }
        }
    }
}
