package dev.muster.plan;

import dev.muster.config.Durations;
import dev.muster.plan.Action.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Short descriptions of steps, for people. */
final class StepWording {

    private StepWording() {}

    /** Describes the action. */
    static String does(Action action) {
        if (action instanceof VerbCall call) {
            String summary = call.summary();
            boolean more = !summary.isEmpty() && !summary.equals(call.target());
            return call.verb() + (call.target().isEmpty() ? "" : " " + call.target()) + (more ? ": " + summary : "");
        }
        if (action instanceof Action.Each each) {
            String items = each.flowsFrom() == null
                    ? "each " + each.as() + " of " + subject(each.list())
                    : "each " + each.as() + ", streamed from " + each.flowsFrom();
            return items + ", at most " + each.concurrency() + " at once" + errors(each.errors()) + order(each.order());
        }
        if (action instanceof Action.Gather gather) {
            String most = gather.concurrency() < gather.steps().size()
                    ? ", at most " + gather.concurrency() + " at once"
                    : "";
            return "gather all of " + gather.steps().size() + most + errors(gather.errors()) + order(gather.order());
        }
        if (action instanceof Action.Wait wait) {
            String until = switch (wait.until()) {
                case FIRST -> "until the first ends";
                case FIRST_ERROR -> "until the first fails";
                case ALL -> "until all have ended";
            };
            return "wait for " + wait.steps().size() + ", " + until
                    + (wait.timeout() == null ? "" : " or " + Durations.human(wait.timeout()) + " have passed")
                    + (wait.keepPending() ? "; the others continue" : "; the others are cancelled");
        }
        if (action instanceof Action.Race race) {
            return "race, the first success of " + race.steps().size();
        }
        return action instanceof Action.Sequence sequence
                ? "sequence of " + sequence.steps().size() + ", the last result"
                : "group of " + action.children().size();
    }

    /** Describes the policies, outermost first. */
    static List<String> how(Policies policies) {
        List<String> how = new ArrayList<>();
        if (policies.when() != null) {
            how.add("only when " + subject(policies.when()));
        }
        if (policies.survivesFailure()) {
            how.add(policies.otherwise() == null ? "optional" : "has a default");
        }
        if (policies.timeout() != null) {
            how.add("time-out " + Durations.human(policies.timeout()));
        }
        if (policies.retry() != null) {
            how.add(retry(policies.retry()));
        }
        if (policies.stream()) {
            how.add("streamed");
        }
        return how;
    }

    private static String retry(Policies.Retry retry) {
        String on = retry.on() == null
                ? ""
                : " on " + retry.on().stream().map(ErrorType::word).collect(Collectors.joining(", "));
        return "up to " + (retry.times() + 1) + " attempts" + on + ", pauses up to "
                + Durations.human(retry.backoffMin()) + ", then up to " + Durations.human(retry.backoffMax());
    }

    private static String subject(Template template) {
        if (template instanceof Template.Computed computed) {
            return computed.expression().source().strip();
        }
        return template instanceof Template.Literal literal && !(literal.value() instanceof List<?>)
                ? String.valueOf(literal.value())
                : "a literal list";
    }

    private static String errors(Action.ErrorRule rule) {
        if (rule.collect()) {
            return ", outcomes collected";
        }
        return rule.isTolerant() ? ", " + rule.share() + " may fail" : "";
    }

    private static String order(Order order) {
        return order == Order.COMPLETION ? ", in the order of completion" : "";
    }
}
