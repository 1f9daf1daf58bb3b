package dev.muster.bench;

import dev.muster.connect.PoolSettings;
import dev.muster.connect.Rig;
import dev.muster.connect.StopSignal;
import dev.muster.connect.WorkPool;
import dev.muster.connect.cpu.CpuConnector;
import dev.muster.connect.cpu.MusterFunction;
import dev.muster.plan.VerbCall;
import dev.muster.task.Repeat;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Measures the cost to leave the loop and come back: directly to the pool, and over the event bus as functions do. */
public final class HopBench {
    private static final int CALLS = 50_000;
    private static final int ROUNDS = 3;

    private HopBench() {}

    private static final class Nothing implements MusterFunction {
        @Override
        public String name() {
            return "nothing";
        }

        @Override
        public String about() {
            return "Gives null.";
        }

        @Override
        public @Nullable Object apply(@Nullable Object with, StopSignal stop) {
            return null;
        }
    }

    /** Runs the benchmark and prints the cost of a call. */
    public static void main(String[] arguments) {
        try (var rig = new Rig()) {
            var pool = new WorkPool(PoolSettings.cpu());
            var connector = Rig.await(CpuConnector.open(rig.vertx, pool, pool, List.of(new Nothing())));
            VerbCall call = Rig.call(connector.words(), "nothing", Map.of());
            var operation = connector.prepare(call);
            var given = Rig.arguments(call);
            for (int round = 0; round < ROUNDS; round++) {
                measure(rig, "straight to the pool", 1, scope -> pool.submit(scope, "nothing", stop -> null));
                measure(rig, "over the event bus", 1, scope -> operation.run(scope, given));
                measure(rig, "straight to the pool", 64, scope -> pool.submit(scope, "nothing", stop -> null));
                measure(rig, "over the event bus", 64, scope -> operation.run(scope, given));
            }
            Rig.await(connector.close());
            Rig.await(pool.close(rig.loop));
        }
    }

    private static void measure(Rig rig, String what, int atOnce, Function<Scope, Future<Object>> hop) {
        long began = System.nanoTime();
        int each = CALLS / atOnce;
        rig.run(scope -> {
            for (int i = 0; i < atOnce; i++) {
                int[] left = {each};
                scope.start(
                        "hops",
                        own -> Repeat.whileTrue(own, () -> hop.apply(own).map(ignored -> --left[0] > 0)));
            }
            return Future.succeededFuture();
        });
        System.out.printf(
                "%-22s %2d at once: %.1f us a call%n",
                what, atOnce, (System.nanoTime() - began) / 1e3 / ((double) each * atOnce));
    }
}
