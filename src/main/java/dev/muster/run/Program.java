package dev.muster.run;

import dev.muster.connect.Connector;
import dev.muster.connect.Operation;
import dev.muster.plan.Plan;
import dev.muster.plan.Step;
import dev.muster.plan.Template;
import dev.muster.plan.VerbCall;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A plan prepared for execution: its connector has prepared every call once. Immutable; safe on any thread; needs no closing. */
public final class Program {

    private final Plan plan;
    private final Set<String> inOutput;
    private final Set<String> mentioned = new HashSet<>();
    private final IdentityHashMap<VerbCall, PreparedCall> calls = new IdentityHashMap<>();
    private final Function<String, @Nullable Program> plans;

    /**
     * A call of a step, prepared for execution.
     *
     * @param arguments the arguments as one template
     * @param operation the operation; null for the verb {@code plan}, which runs the steps of another plan
     * @param hasEffects whether the call can change data in its source
     */
    record PreparedCall(
            VerbCall call, Template arguments, @Nullable Operation operation, boolean hasEffects) {

        /** Whether the call only runs other steps, so that it takes no turn in a sequential run. */
        boolean isPlan() {
            return operation == null;
        }
    }

    private Program(Plan plan, Function<String, @Nullable Program> plans) {
        this.plan = plan;
        this.plans = plans;
        this.inOutput =
                plan.output() == null ? Set.of() : Set.copyOf(plan.output().references());
        plan.steps().forEach(step -> mentioned.addAll(step.mentions()));
    }

    /**
     * Prepares a plan.
     *
     * @param connectors the connectors by verb; the verbs {@code set}, {@code sleep}, {@code fail} and {@code plan} are
     *     built in
     * @param plans other programs by plan name, looked up when a step calls them; null for an unknown name
     * @throws IllegalArgumentException if no connector has the verb of a call
     */
    public static Program prepare(
            Plan plan, Map<String, Connector> connectors, Function<String, @Nullable Program> plans) {
        var program = new Program(plan, plans);
        plan.steps().forEach(step -> program.prepare(step, connectors));
        return program;
    }

    /** The plan. */
    public Plan plan() {
        return plan;
    }

    PreparedCall prepared(VerbCall call) {
        PreparedCall prepared = calls.get(call);
        if (prepared == null) {
            throw new IllegalStateException("the call at " + call.at() + " was not prepared");
        }
        return prepared;
    }

    /** The program that a step calls by its plan's name; null for an unknown name. */
    @Nullable
    Program called(String name) {
        return plans.apply(name);
    }

    private void prepare(Step step, Map<String, Connector> connectors) {
        if (step.action() instanceof VerbCall call) {
            calls.put(call, prepare(call, connectors));
        }
        step.action().children().forEach(child -> prepare(child, connectors));
        if (step.policies().finallyStep() != null) {
            prepare(step.policies().finallyStep(), connectors);
        }
    }

    private static PreparedCall prepare(VerbCall call, Map<String, Connector> connectors) {
        var arguments = new Template.MapOf(call.values());
        if (BuiltIn.has(call)) {
            return new PreparedCall(call, arguments, BuiltIn.operation(call), false);
        }
        Connector connector = connectors.get(call.verb());
        if (connector == null) {
            throw new IllegalArgumentException("no connector executes the verb " + call.verb() + " at " + call.at());
        }
        boolean hasEffects = call.words().effects().test(call);
        return new PreparedCall(call, arguments, connector.prepare(call), hasEffects);
    }

    /** Whether the output refers to a step; true for all steps if the plan has no {@code output}. */
    boolean isInOutput(Step step) {
        return plan.output() == null || inOutput.contains(step.name());
    }

    /** Whether another step of the plan refers to this one. */
    boolean isMentioned(Step step) {
        return mentioned.contains(step.name());
    }
}
