package dev.muster.plan;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The action of a step: a verb, or a combinator of other steps. Immutable. */
public sealed interface Action permits VerbCall, Action.Combinator {

    /** The inner steps, in the order of the plan. */
    default List<Step> children() {
        return List.of();
    }

    /** An action that consists of steps. */
    sealed interface Combinator extends Action {
        /** The combinator's word in the plan language. */
        String word();
    }

    /** The order of results. */
    enum Order {
        /** The order of the plan, or of the list. */
        INPUT,
        /** The order in which the steps or items end. */
        COMPLETION
    }

    /** The condition that ends a {@code wait}. */
    enum Until {
        /** The first step has ended, with any outcome. */
        FIRST,
        /** The first step has failed. */
        FIRST_ERROR,
        /** All steps have ended. */
        ALL
    }

    /**
     * The error policy of a combinator: {@code failFast}, {@code collect} or {@code tolerate N%}.
     *
     * @param collect whether every result is an outcome (a value or an error)
     * @param toleratedPercent the share of steps or items that can fail, in percent; 0 for none
     */
    public record ErrorRule(boolean collect, double toleratedPercent) {

        /** The first failure fails the combinator. */
        public static final ErrorRule FAIL_FAST = new ErrorRule(false, 0);

        /** Every result is an outcome. */
        public static final ErrorRule COLLECT = new ErrorRule(true, 100);

        /** Whether only the successes are the result. */
        public boolean isTolerant() {
            return !collect && toleratedPercent > 0;
        }

        /** The tolerated share for people, such as {@code 5%}. */
        public String share() {
            boolean whole = toleratedPercent == Math.rint(toleratedPercent);
            return (whole ? String.valueOf((long) toleratedPercent) : String.valueOf(toleratedPercent)) + "%";
        }
    }

    /** Runs all steps. The result is a map, or a list if the steps were written as a list. */
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
     * Runs one step for each item of a list.
     *
     * @param list the items; evaluates to a list or null, unless {@code flowsFrom} is given
     * @param flowsFrom the step on the same level whose items arrive one by one, or null
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

    /** Runs all steps. The result is the first success. */
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
     * Waits for steps. The result lists the steps that have ended and those that are pending.
     *
     * @param timeout the time-out of the wait itself, or null
     * @param keepPending whether pending steps continue; if false, they are cancelled
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

    /** Runs steps one after another. The result is that of the last step. */
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

    /** A plan within the plan. The result is the output, or the map of all results if there is no output. */
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
