package dev.muster.plan;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a step does: a verb, or a combinator of other steps. */
public sealed interface Action permits VerbCall, Action.Combinator {

    /** The steps written inside, in their order. */
    default List<Step> children() {
        return List.of();
    }

    /** An action made of steps. */
    sealed interface Combinator extends Action {
        /** Its word in the language. */
        String word();
    }

    /** The order of results. */
    enum Order {
        /** As written, or as in the list. */
        INPUT,
        /** As they end. */
        COMPLETION
    }

    /** What ends a {@code wait}. */
    enum Until {
        /** The first end. */
        FIRST,
        /** The first failure. */
        FIRST_ERROR,
        /** Everything. */
        ALL
    }

    /** All steps; the result is a map, or a list where they were written as one. */
    record Gather(List<Step> steps, boolean asMap, ErrorRule errors, Order order, int concurrency)
            implements Combinator {
        @Override
        public String word() {
            return "gather";
        }

        @Override
        public List<Step> children() {
            return steps;
        }
    }

    /**
     * One step for each item.
     *
     * @param list the items; evaluates to a list or null, unless {@code flowsFrom} is given
     * @param flowsFrom the step beside it whose items flow in one by one, or null
     * @param as the variable that holds the item
     */
    record Each(
            Template list,
            @Nullable String flowsFrom,
            String as,
            Step body,
            int concurrency,
            ErrorRule errors,
            Order order)
            implements Combinator {
        @Override
        public String word() {
            return "each";
        }

        @Override
        public List<Step> children() {
            return List.of(body);
        }
    }

    /** The first success. */
    record Race(List<Step> steps) implements Combinator {
        @Override
        public String word() {
            return "race";
        }

        @Override
        public List<Step> children() {
            return steps;
        }
    }

    /**
     * What is done and what is pending.
     *
     * @param timeout the wait's own, or null
     * @param keepPending whether the pending ones run on
     */
    record Wait(List<Step> steps, Until until, @Nullable Duration timeout, boolean keepPending) implements Combinator {
        @Override
        public String word() {
            return "wait";
        }

        @Override
        public List<Step> children() {
            return steps;
        }
    }

    /** One after another; the result is the last one's. */
    record Sequence(List<Step> steps) implements Combinator {
        @Override
        public String word() {
            return "sequence";
        }

        @Override
        public List<Step> children() {
            return steps;
        }
    }

    /** A plan within the plan: the result is the output, or the map of all results. */
    record Group(List<Step> steps, @Nullable Template output) implements Combinator {
        @Override
        public String word() {
            return "group";
        }

        @Override
        public List<Step> children() {
            return steps;
        }
    }
}
