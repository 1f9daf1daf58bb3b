package dev.muster.plan;

import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Position;
import dev.muster.config.Problem;
import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.expr.Expressions;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** The state of one parse: words, names, limits, and the problems found so far. For one thread. */
final class Parsing {

    final Language language;
    final Expressions expressions;
    final PlanParser.Known known;
    final PlanParser.Limits limits;

    /** Called before each expression is compiled, which takes most of the time. Whatever it throws ends the parse. */
    final Runnable beforeExpression;

    final Problems problems = new Problems();
    private final Set<VerbCall> broken = Collections.newSetFromMap(new IdentityHashMap<>());
    private int steps;

    Parsing(
            Language language,
            Expressions expressions,
            PlanParser.Known known,
            PlanParser.Limits limits,
            Runnable beforeExpression) {
        this.beforeExpression = beforeExpression;
        this.language = language;
        this.expressions = expressions;
        this.known = known;
        this.limits = limits;
    }

    void problem(Position at, String message) {
        problems.add(at, message);
    }

    /** Marks a call as invalid, so that the rules of its verb are not applied to it. */
    void markBroken(VerbCall call) {
        broken.add(call);
    }

    /** Whether a call is valid, so that the rules of its verb can be applied to it. */
    boolean isSound(VerbCall call) {
        return !broken.contains(call);
    }

    /** Counts the expressions before the first is compiled, and ends the parse if there are too many. */
    void countExpressions(Node root) throws ProblemsException {
        Deque<Node> left = new ArrayDeque<>();
        left.push(root);
        int count = 0;
        while (!left.isEmpty()) {
            Node node = left.pop();
            if (TemplateReader.isExpression(node) && ++count > limits.expressions()) {
                throw ProblemsException.limit(new Problem(
                        node.at(),
                        "the plan has more than " + limits.expressions()
                                + " expressions (the setting is server.limits.expressions)"));
            }
            List<Node> inside = node.match(
                    scalar -> List.of(),
                    sequence -> sequence.items(),
                    mapping ->
                            mapping.entries().stream().map(Mapping.Entry::value).toList());
            for (int i = inside.size() - 1; i >= 0; i--) {
                left.push(inside.get(i));
            }
        }
    }

    /** Counts a step, and ends the parse if there are too many. */
    void countStep(Position at) throws ProblemsException {
        if (++steps > limits.steps()) {
            throw ProblemsException.limit(new Problem(
                    at, "the plan has more than " + limits.steps() + " steps (the setting is server.limits.steps)"));
        }
    }
}
