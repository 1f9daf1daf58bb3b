package dev.muster.run;

import dev.muster.plan.Action;
import dev.muster.plan.Action.Order;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import dev.muster.task.Each;
import dev.muster.task.Errors;
import dev.muster.task.Items;
import dev.muster.task.Outcome;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The combinator {@code each}: runs a step for each item of a list or of a streamed step. On the run's loop. */
final class EachRun {

    /** An item, wrapped because a list can hold nulls and a source of items cannot. */
    record Held(@Nullable Object item) {}

    private final StepRun step;
    private final Action.Each each;
    private final TreeMap<Long, @Nullable Object> byIndex = new TreeMap<>();
    private final List<@Nullable Object> byEnd = new ArrayList<>();
    private long keptBytes;
    private long ended;
    private long failures;
    private @Nullable Throwable firstFailure;
    private @Nullable Task<Long> task;
    private @Nullable Throwable broken;

    private EachRun(StepRun step, Action.Each each) {
        this.step = step;
        this.each = each;
    }

    static Future<@Nullable Object> run(Scope scope, StepRun step, Action.Each each) {
        boolean survives = each.body().policies().survivesFailure();
        step.live.rest(() -> survives);
        var running = new EachRun(step, each);
        Future<Items<Held>> items = each.flowsFrom() == null
                ? step.run.evaluate(scope, each.list(), step.env).map(running::items)
                : StepStream.open(scope, step);
        return items.compose(opened -> running.over(scope, opened));
    }

    private Items<Held> items(@Nullable Object list) {
        if (list != null && !(list instanceof List<?>)) {
            throw new MusterException(
                    ErrorType.EXPRESSION,
                    step.step.at() + ": each of " + step.path + " needs a list, not "
                            + (list instanceof Map<?, ?> ? "a map" : list));
        }
        List<?> all = list == null ? List.of() : (List<?>) list;
        long most = step.run.limits().eachItems();
        if (all.size() > most) {
            throw new MusterException(
                    ErrorType.LIMIT,
                    step.path + " has " + all.size() + " items, more than " + most + " (server.limits.eachItems)");
        }
        return Items.of(all.stream().map(Held::new).iterator(), all.size());
    }

    private Future<@Nullable Object> over(Scope scope, Items<Held> items) {
        // The kernel starts up to {@code concurrency} items at once, so a number beyond the limit is rejected before
        // the first one.
        step.run.requireTasks(step, items.size() < 0 ? each.concurrency() : Math.min(each.concurrency(), items.size()));
        Task<Long> all = Each.start(scope, "items", each.concurrency(), errors(), items, this::item, this::itemEnded);
        task = all;
        if (items instanceof StepStream flow) {
            flow.whenBroken(this::breakOff);
        }
        return scope.join(all)
                .recover(thrown -> Future.failedFuture(broken == null ? counted(thrown, items.size()) : broken))
                .map(count -> results());
    }

    private List<@Nullable Object> results() {
        var results = new ArrayList<>(each.order() == Order.INPUT ? byIndex.values() : byEnd);
        if (keptBytes >= StepMemory.LARGE) {
            step.run.remember(results, keptBytes);
        }
        return results;
    }

    private Future<@Nullable Object> item(Scope scope, Held held, long index) {
        Future<Void> room = step.wanted ? step.run.listener().room() : Future.succeededFuture();
        return room.succeeded()
                ? started(scope, held, index)
                : CallerStream.awaitRoom(room, scope, step.run)
                        .onFailure(this::readerIsGone)
                        .compose(there -> started(scope, held, index));
    }

    private Future<@Nullable Object> started(Scope scope, Held held, long index) {
        Env frame = step.env.inner();
        frame.put(each.as(), held.item());
        StepRun body = step.child(each.body(), step.path + "[" + index + "]", frame, null);
        return scope.join((step.kept ? body : body.dropped()).start(scope));
    }

    private void itemEnded(long index, Outcome<@Nullable Object> outcome) {
        boolean collect = each.errors().collect();
        count(outcome);
        if (!step.kept || (!outcome.isOk() && !collect)) {
            return;
        }
        Object result = collect
                ? outcome.match(StepsRun::ok, failure -> StepsRun.error(RunErrors.error(failure)))
                : outcome.value();
        keptBytes += step.run.weightNow(result) + 1;
        if (keptBytes > step.run.limits().outputBytes()) {
            overflow();
        } else if (!isLent()) {
            return;
        } else if (each.order() == Order.INPUT) {
            byIndex.put(index, result);
        } else {
            byEnd.add(result);
        }
    }

    /** Whether the node has memory for the results kept so far; if not, the whole {@code each} is cancelled. */
    private boolean isLent() {
        try {
            step.held.atLeast(keptBytes);
            return true;
        } catch (MusterException e) {
            breakOff(e);
            return false;
        }
    }

    private void count(Outcome<@Nullable Object> outcome) {
        ended++;
        if (!outcome.isOk()) {
            failures++;
            firstFailure = firstFailure == null ? outcome.failure() : firstFailure;
        }
    }

    /** Adds the number of failed items to the error if too many failed. The total is known at the end at the latest. */
    private Throwable counted(Throwable thrown, long size) {
        if (thrown != firstFailure || !each.errors().isTolerant()) {
            return thrown;
        }
        long all = size < 0 ? ended : size;
        MusterException first = RunErrors.error(thrown);
        String path = RunErrors.path(thrown);
        return new MusterException(
                first.type(),
                failures + " of " + all + " items failed, " + each.errors().share() + " ("
                        + errors().most(all) + ") are tolerated; first: " + (path == null ? "" : path + ": ")
                        + first.detail(),
                first.more(),
                thrown);
    }

    private void overflow() {
        breakOff(step.run.limits().outputTooLarge("the results of " + step.path));
    }

    /** Ends the whole {@code each}, whatever share of failures is tolerated: every further item would wait just as long. */
    private void readerIsGone(Throwable thrown) {
        if (thrown instanceof MusterException error) {
            breakOff(error);
        }
    }

    private void breakOff(Throwable why) {
        if (broken == null && task != null) {
            broken = why;
            task.cancel(new CancelReason(
                    CancelReason.Kind.FAILURE, step.path, RunErrors.error(why).detail()));
        }
    }

    private Errors errors() {
        return each.errors().collect()
                ? Errors.COLLECT
                : Errors.tolerate(each.errors().toleratedPercent() / 100);
    }
}
