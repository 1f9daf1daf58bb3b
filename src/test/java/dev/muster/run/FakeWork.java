package dev.muster.run;

import dev.muster.connect.Arguments;
import dev.muster.connect.Connector;
import dev.muster.connect.Operation;
import dev.muster.connect.Receipts;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Option;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Items;
import dev.muster.task.Scope;
import dev.muster.task.Waiter;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The verb {@code work: NAME} of the tests: it takes {@code ms}, then gives {@code value}, or fails with {@code fail} as the
 * type of the error, the first {@code times} times; {@code flow} gives so many numbers one by one. With {@code ends} a cancel
 * takes {@code stop} milliseconds and has a receipt.
 */
final class FakeWork implements Connector, Operation {

    final Receipts receipts = new Receipts("work");
    int running;
    int mostRunning;
    final List<String> began = new ArrayList<>();
    final List<String> cancelled = new ArrayList<>();
    final Map<String, Integer> calls = new HashMap<>();

    /** What each attempt would send as its traceparent. */
    final List<String> traced = new ArrayList<>();

    /** How many milliseconds each attempt was left, or -1 where nobody would stop it. */
    final List<Long> left = new ArrayList<>();

    /** How many items of a flow were taken. */
    int taken;

    /** How many flows are open. */
    int open;

    @Override
    public VerbSpec words() {
        return VerbSpec.of(
                        "work",
                        VerbSpec.Target.ADDRESS,
                        "Works.",
                        Option.of("ms", Option.Type.VALUE, "How long."),
                        Option.of("value", Option.Type.VALUE, "The result."),
                        Option.of("fail", Option.Type.TEXT_VALUE, "The error's type."),
                        Option.of("more", Option.Type.VALUES, "Fields of the error."),
                        Option.of("times", Option.Type.INTEGER, "How often it fails."),
                        Option.of("flow", Option.Type.INTEGER, "How many numbers it gives."),
                        Option.of(
                                "twice",
                                Option.Type.INTEGER,
                                "Whether its answer is delivered twice, as no source can."),
                        Option.of("only", Option.Type.INTEGER, "Whether they can only flow."),
                        Option.of("stop", Option.Type.INTEGER, "How long a cancel takes."),
                        Option.oneOf("ends", "How a cancel ends.", "confirmed", "closed", "abandoned", "unsent"),
                        Option.of("effect", Option.Type.INTEGER, "Whether it changes something."))
                .withEffects(call -> call.has("effect"))
                .onlyFlowing(call -> call.has("only"))
                .flowing(call -> call.has("flow"));
    }

    @Override
    public Operation prepare(VerbCall call) {
        return new Operation() {
            @Override
            public Future<@Nullable Object> run(Scope scope, Arguments arguments) {
                return FakeWork.this.run(scope, call, arguments);
            }

            @Override
            public Future<Items<Object>> open(Scope scope, Arguments arguments) {
                return FakeWork.this.open(scope, call, arguments);
            }
        };
    }

    @Override
    public Future<@Nullable Object> run(Scope scope, Arguments arguments) {
        throw new UnsupportedOperationException();
    }

    private Future<@Nullable Object> run(Scope scope, VerbCall call, Arguments arguments) {
        String name = arguments.step();
        began.add(name);
        left.add(scope.remaining().map(Duration::toMillis).orElse(-1L));
        if (arguments.trace() != null) {
            traced.add(arguments.trace().next());
        }
        running++;
        mostRunning = Math.max(mostRunning, running);
        int count = calls.merge(call.target(), 1, Integer::sum);
        long ms = arguments.has("ms") ? ((Number) arguments.get("ms")).longValue() : 0;
        return scope.<Void>suspend("work", waiter -> {
                    var timer = scope.loop().schedule(Duration.ofMillis(ms), () -> {
                        waiter.resume(null);
                        if (call.has("twice")) {
                            scope.loop().execute(waiter);
                        }
                    });
                    return reason -> {
                        timer.cancel();
                        cancelled.add(name);
                        return stop(scope, waiter, call, reason);
                    };
                })
                .eventually(() -> {
                    running--;
                    return Future.succeededFuture();
                })
                .compose(ignored ->
                        arguments.has("fail") && count <= call.integer("times").orElse(Long.MAX_VALUE)
                                ? Future.failedFuture(failure(arguments))
                                : Future.succeededFuture(arguments.get("value")));
    }

    private boolean stop(Scope scope, Waiter<Void> waiter, VerbCall call, CancelReason reason) {
        String ends = call.text("ends").orElse("");
        if (ends.equals("unsent")) {
            Receipts.notSent(scope, call.target(), reason);
        }
        if (ends.isEmpty() || ends.equals("unsent")) {
            return true;
        }
        Receipts.Open receipt = receipts.begin(scope, call.target(), reason);
        scope.loop().schedule(Duration.ofMillis(call.integer("stop").orElse(0L)), () -> {
            switch (ends) {
                case "closed" -> receipt.closed();
                case "abandoned" -> receipt.abandoned();
                default -> receipt.confirmed();
            }
            waiter.fail(new CancelledException(reason));
        });
        return false;
    }

    private static MusterException failure(Arguments arguments) {
        Object type = arguments.get("fail");
        Map<String, Object> more = new HashMap<>();
        arguments
                .map("more")
                .forEach((key, value) -> more.put(
                        key,
                        String.valueOf(value).matches("\\d+")
                                ? Long.valueOf(String.valueOf(value))
                                : String.valueOf(value)));
        return new MusterException(
                ErrorType.of(String.valueOf(type)).orElseThrow(), arguments.step() + " broke", more, null);
    }

    private Future<Items<Object>> open(Scope scope, VerbCall call, Arguments arguments) {
        long items = call.integer("flow").orElseThrow();
        if (arguments.has("fail")) {
            return Future.failedFuture(failure(arguments));
        }
        open++;
        scope.cleanUp("close", own -> {
            open--;
            return Future.succeededFuture();
        });
        var numbers = LongStream.range(0, items).iterator();
        return Future.succeededFuture(new Items<>() {
            @Override
            public Future<Optional<Object>> next() {
                if (!numbers.hasNext()) {
                    return Future.succeededFuture(Optional.empty());
                }
                taken++;
                return Future.succeededFuture(Optional.of(numbers.next()));
            }
        });
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
