package dev.muster.plan;

import dev.muster.config.Fields;
import dev.muster.config.Node;
import dev.muster.config.ProblemsException;
import dev.muster.config.Sequence;
import dev.muster.plan.NameScope.Rule;
import java.util.List;

/**
 * The reader of steps that are written inside a call. Each inner step calls one of the verbs that the call's word allows,
 * with the same target. The call decides what a failure means, so an inner step has no policy that turns a failure into a
 * value, retries, or runs other steps.
 */
final class InnerStepsReader {
    private final Parsing parsing;
    private final StepsReader steps;

    InnerStepsReader(Parsing parsing, StepReader step) {
        this.parsing = parsing;
        this.steps = new StepsReader(parsing, step);
    }

    List<Step> read(Option word, Fields fields, String target, NameScope around, int depth) throws ProblemsException {
        Node node = fields.mapping().get(word.name());
        fields.has(word.name());
        if (node == null) {
            return List.of();
        }
        String what = word.name() + " of " + fields.what();
        if (!(node instanceof Sequence list)) {
            fields.problem(word.name(), what + " must be a list of steps, not " + node.describe());
            return List.of();
        }
        if (list.items().isEmpty()) {
            fields.problem(word.name(), what + " has no steps");
        }
        List<Step> read =
                steps.read(word.name(), list, Rule.IN_ORDER, around, depth + 1).steps();
        read.forEach(step -> check(step, what, word, target));
        return read;
    }

    private void check(Step step, String what, Option word, String target) {
        String verbs = String.join(" or ", word.choices());
        if (!(step.action() instanceof VerbCall call)
                || !word.choices().contains(call.verb())
                || !call.target().equals(target)) {
            parsing.problem(step.at(), what + ": each step must be a " + verbs + " step of \"" + target + "\"");
            return;
        }
        Policies policies = step.policies();
        String misplaced = policies.retry() != null
                ? "retry"
                : policies.survivesFailure()
                        ? policies.otherwise() == null ? "optional" : "default"
                        : policies.finallyStep() != null
                                ? "finally"
                                : policies.more().isEmpty()
                                        ? null
                                        : policies.more().keySet().iterator().next();
        if (misplaced != null) {
            parsing.problem(
                    step.at(), what + ": an inner step cannot have \"" + misplaced + "\"; set it on the outer step");
        } else if (parsing.isSound(call) && call.words().canFlow().test(call)) {
            parsing.problem(step.at(), what + ": the result of an inner step cannot be a stream");
        }
    }
}
