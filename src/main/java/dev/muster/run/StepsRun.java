package dev.muster.run;

import dev.muster.plan.Action;
import dev.muster.plan.Action.ErrorRule;
import dev.muster.plan.Action.Order;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Scope;
import dev.muster.task.State;
import dev.muster.task.Task;
import dev.muster.task.Waiter;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The execution of sibling steps: each begins as soon as the steps that it refers to have ended. On the run's loop.
 *
 * <p>It ends when every begun step has ended. The first failure cancels the others, unless failures are collected.
 */
final class StepsRun {

    /** A step and its place in the dependency graph. */
    private static final class Node {
        final StepRun step;
        final List<Node> dependents = new ArrayList<>(1);
        int waitsFor;
        boolean begun;
        boolean flows;

        @Nullable
        Task<@Nullable Object> task;

        @Nullable
        MusterException blockedBy;

        Node(StepRun step) {
            this.step = step;
        }
    }

    private final Env frame;
    private final ErrorRule errors;
    private final int concurrency;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Node> byName = new LinkedHashMap<>();
    private final ArrayDeque<Node> ready = new ArrayDeque<>();
    private final List<Node> ended = new ArrayList<>();
    private int running;
    private @Nullable Scope scope;
    private @Nullable Waiter<Void> waiter;
    private @Nullable Throwable failure;

    /**
     * Creates the execution.
     *
     * @param steps the executions, in the order of the plan; they share the frame
     * @param frame the frame in which their results become variables
     * @param inOrder whether each step waits for the one before it
     * @param errors the policy for failures
     * @param concurrency the maximum number of steps at once
     */
    StepsRun(List<StepRun> steps, Env frame, boolean inOrder, ErrorRule errors, int concurrency) {
        this.frame = frame;
        this.errors = errors;
        this.concurrency = concurrency;
        Node before = null;
        for (StepRun step : steps) {
            var node = new Node(step);
            nodes.add(node);
            byName.put(step.step.name(), node);
            if (inOrder && before != null) {
                depend(node, before);
            }
            before = node;
        }
        if (!inOrder) {
            nodes.forEach(this::link);
        }
        nodes.removeIf(node -> node.flows);
        for (Node node : nodes) {
            if (node.waitsFor == 0) {
                ready.add(node);
            }
        }
    }

    /**
     * Links a step to its dependencies. A step that streams into another one is started by that reader, which therefore
     * also waits for the dependencies of the source.
     */
    private void link(Node node) {
        Node source = node.step.step.action() instanceof Action.Each each && each.flowsFrom() != null
                ? byName.get(each.flowsFrom())
                : null;
        if (source != null) {
            source.flows = true;
            node.step.flowsFrom(source.step);
            dependOn(node, source.step.step.dependsOn(), source);
        }
        dependOn(node, node.step.step.dependsOn(), source);
    }

    private void dependOn(Node node, List<String> names, @Nullable Node except) {
        for (String name : names) {
            Node other = byName.get(name);
            if (other != null && other != except) {
                depend(node, other);
            }
        }
    }

    private static void depend(Node node, Node on) {
        on.dependents.add(node);
        node.waitsFor++;
    }

    /** Runs all steps. */
    Future<@Nullable Void> run(Scope inScope) {
        this.scope = inScope;
        return inScope.suspend("steps", parked -> {
            waiter = parked;
            startReady();
            endIfOver();
            return this::cancelled;
        });
    }

    /** Whether the steps that have not begun would survive the deadline of the plan. */
    boolean restSurvives() {
        return nodes.stream()
                .filter(node -> !node.begun)
                .allMatch(node -> node.step.step.policies().survivesFailure());
    }

    /** The results by name: plain values, or outcomes if failures are collected. */
    Map<String, @Nullable Object> byName(Order order) {
        var results = new LinkedHashMap<String, @Nullable Object>();
        ordered(order).forEach(node -> results.put(node.step.step.name(), result(node)));
        return results;
    }

    /** The results as a list. */
    List<@Nullable Object> asList(Order order) {
        var results = new ArrayList<@Nullable Object>(nodes.size());
        ordered(order).forEach(node -> results.add(result(node)));
        return results;
    }

    /** The result of the last step; null if there is none. */
    @Nullable
    Object last() {
        return nodes.isEmpty() ? null : result(nodes.get(nodes.size() - 1));
    }

    private List<Node> ordered(Order order) {
        return order == Order.INPUT ? nodes : ended;
    }

    private @Nullable Object result(Node node) {
        if (errors.collect()) {
            return node.blockedBy == null ? outcome(node.task) : error(node.blockedBy);
        }
        return node.task == null ? null : node.task.result();
    }

    // ---- outcomes in their plan-language form

    static Map<String, @Nullable Object> outcome(@Nullable Task<@Nullable Object> task) {
        if (task == null) {
            return ok(null);
        }
        return task.state() == State.FINISHED ? ok(task.result()) : error(RunErrors.error(task.failure()));
    }

    /** The form {@code {ok: value}}. */
    static Map<String, @Nullable Object> ok(@Nullable Object value) {
        return Collections.singletonMap("ok", value);
    }

    /** The form {@code {error: {type, detail}}}. */
    static Map<String, @Nullable Object> error(MusterException error) {
        return Collections.singletonMap("error", error.toValue());
    }

    // ---- progress

    private void startReady() {
        while (failure == null && running < concurrency && scope != null && !scope.isCancelled()) {
            Node node = ready.poll();
            if (node == null) {
                return;
            }
            node.begun = true;
            running++;
            node.task = node.step.start(scope);
            node.task.onEnd(task -> stepEnded(node, task));
        }
    }

    private void stepEnded(Node node, Task<@Nullable Object> task) {
        running--;
        ended.add(node);
        if (task.state() == State.FINISHED) {
            frame.put(node.step.step.name(), task.result());
            node.dependents.forEach(this::released);
        } else if (errors.collect()) {
            MusterException error = RunErrors.error(task.failure());
            node.dependents.forEach(dependent -> block(dependent, node, error));
        } else if (failure == null) {
            failure = task.failure();
            stopAll(new CancelReason(CancelReason.Kind.FAILURE, node.step.path, node.step.path + " failed"));
        }
        startReady();
        endIfOver();
    }

    private void released(Node node) {
        node.waitsFor--;
        if (node.waitsFor == 0 && node.blockedBy == null) {
            ready.add(node);
        }
    }

    /** Ends a step with the error of a failed dependency, and so on for its own dependents. */
    private void block(Node node, Node failed, MusterException error) {
        if (node.blockedBy == null) {
            node.begun = true;
            node.blockedBy = new MusterException(
                    error.type(),
                    "not run, because " + failed.step.path + " failed: " + error.detail(),
                    error.more(),
                    error);
            ended.add(node);
            node.dependents.forEach(dependent -> block(dependent, node, error));
        }
    }

    private void endIfOver() {
        Waiter<Void> parked = waiter;
        if (running > 0 || parked == null) {
            return;
        }
        if (failure != null) {
            waiter = null;
            parked.fail(failure);
        } else if (ready.isEmpty() || (scope != null && scope.isCancelled())) {
            waiter = null;
            parked.resume(null);
        }
    }

    private boolean cancelled(CancelReason reason) {
        if (failure == null) {
            failure = new CancelledException(reason);
        }
        stopAll(reason);
        endIfOver();
        return false;
    }

    private void stopAll(CancelReason reason) {
        for (Node node : nodes) {
            if (node.task != null && !node.task.isDone()) {
                node.task.cancel(reason);
            }
        }
    }
}
