package dev.muster.node;

import dev.muster.connect.StopSignal;
import dev.muster.connect.cpu.MusterFunction;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Computes until a {@link Witness} tells it to end; takes {@code {port, id}}, gives the id. Installed by {@link Extensions}. */
public final class WitnessedFunction implements MusterFunction {

    static final String NAME = "test.compute";

    private static final int ROUND = 20_000;
    private static final long PAUSE_NANOS = 2_000_000;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "Computes until it is told to end; for tests.";
    }

    @Override
    public Object apply(Object with, StopSignal stop) throws Exception {
        Map<?, ?> words = (Map<?, ?>) with;
        long id = ((Number) words.get("id")).longValue();
        try (var line = new Witness.Line(((Number) words.get("port")).intValue(), id)) {
            long sum = id;
            while (!line.isReleased()) {
                try {
                    stop.throwIfStopped();
                } catch (InterruptedException e) {
                    line.saysStopped();
                    throw e;
                }
                for (int i = 0; i < ROUND; i++) {
                    sum = sum * 31 + i;
                }
                // An interrupt ends the pause; it leaves the cores to those who are measured beside it.
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            return sum == 0 ? 0 : id;
        }
    }
}
