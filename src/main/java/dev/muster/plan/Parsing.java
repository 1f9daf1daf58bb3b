package dev.muster.plan;

import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.expr.Expressions;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** What the reading of one plan has at hand: words, names, bounds, and the problems found so far. For one thread. */
final class Parsing {

    final Language language;
    final Expressions expressions;
    final Known known;
    final PlanLimits limits;
    final Problems problems = new Problems();
    private final Set<VerbCall> broken = Collections.newSetFromMap(new IdentityHashMap<>());
    private int steps;

    Parsing(Language language, Expressions expressions, Known known, PlanLimits limits) {
        this.language = language;
        this.expressions = expressions;
        this.known = known;
        this.limits = limits;
    }

    /** Notes a problem. */
    void problem(Position at, String message) {
        problems.add(at, message);
    }

    /** Remembers that something is wrong with a call, so that the rules of its words cannot be asked about it. */
    void markBroken(VerbCall call) {
        broken.add(call);
    }

    /** Whether the rules of a call's words may be asked about it. */
    boolean isSound(VerbCall call) {
        return !broken.contains(call);
    }

    /** Counts a step; one too many ends the reading. */
    void countStep(Position at) throws ProblemsException {
        if (++steps > limits.steps()) {
            problem(at, "the plan has more than " + limits.steps() + " steps (the setting is server.limits.steps)");
            throw new ProblemsException(problems.list());
        }
    }
}
