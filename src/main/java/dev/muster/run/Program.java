package dev.muster.run;

import dev.muster.connect.Connector;
import dev.muster.plan.Plan;
import dev.muster.plan.Step;
import dev.muster.plan.Template;
import dev.muster.plan.VerbCall;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A plan prepared for execution: its connector has prepared every call once. Immutable; safe on any thread; needs no closing. */
public final class Program {

    private final Plan plan;
    private final Set<String> inOutput;
    private final Set<String> mentioned = new HashSet<>();
    private final IdentityHashMap<VerbCall, Act> acts = new IdentityHashMap<>();
    private final IdentityHashMap<VerbCall, Template> words = new IdentityHashMap<>();

    private Program(Plan plan) {
        this.plan = plan;
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
        var program = new Program(plan);
        plan.steps().forEach(step -> program.prepare(step, connectors, plans));
        return program;
    }

    /** The plan. */
    public Plan plan() {
        return plan;
    }

    Act act(VerbCall call) {
        Act act = acts.get(call);
        if (act == null) {
            throw new IllegalStateException("the call at " + call.at() + " was not prepared");
        }
        return act;
    }

    /** The arguments of a call, as one template. */
    Template words(VerbCall call) {
        return Objects.requireNonNull(words.get(call));
    }

    private void prepare(Step step, Map<String, Connector> connectors, Function<String, @Nullable Program> plans) {
        if (step.action() instanceof VerbCall call) {
            acts.put(call, actOf(call, connectors, plans));
            words.put(call, new Template.MapOf(call.values()));
        }
        step.action().children().forEach(child -> prepare(child, connectors, plans));
        if (step.policies().finallyStep() != null) {
            prepare(step.policies().finallyStep(), connectors, plans);
        }
    }

    private static Act actOf(
            VerbCall call, Map<String, Connector> connectors, Function<String, @Nullable Program> plans) {
        Act builtIn = BuiltIn.act(call, plans);
        if (builtIn != null) {
            return builtIn;
        }
        Connector connector = connectors.get(call.verb());
        if (connector == null) {
            throw new IllegalArgumentException("no connector executes the verb " + call.verb() + " at " + call.at());
        }
        return Act.of(connector.prepare(call), call.words().effects().test(call));
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
