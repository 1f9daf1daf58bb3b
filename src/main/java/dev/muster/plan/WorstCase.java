package dev.muster.plan;

import dev.muster.config.Durations;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The longest time that a step can take by its written limits; empty if only the run limits it.
 *
 * <ul>
 *   <li>A verb has no limit of its own; {@code sleep} with a written duration takes that duration.
 *   <li>{@code gather}, {@code group} and the plan take as long as the longest chain of steps that wait for each other.
 *       {@code gather} with a {@code concurrency} below the number of its steps takes at most the sum of them.
 *   <li>{@code sequence} takes the sum; {@code race} and {@code wait} take the longest branch. {@code wait} takes at most
 *       its {@code timeout}.
 *   <li>{@code each} over a written list takes one body for each round of {@code concurrency} items. Over a computed list it
 *       has no limit of its own.
 *   <li>{@code retry} takes all attempts and the longest pauses between them; a source's {@code Retry-After} can add to it.
 *   <li>{@code timeout} limits all of that. {@code finally} has a budget of its own and is not counted.
 * </ul>
 */
final class WorstCase {

    private WorstCase() {}

    /** The longest time of a step with its policies. */
    static Optional<Duration> of(Step step) {
        Policies policies = step.policies();
        Optional<Duration> once = of(step.action());
        Policies.Retry retry = policies.retry();
        Optional<Duration> all = retry == null ? once : once.map(time -> retried(time, retry));
        Duration timeout = policies.timeout();
        return timeout == null
                ? all
                : Optional.of(all.map(time -> shorter(time, timeout)).orElse(timeout));
    }

    /** The longest time of the steps of one level: their sum if they run in order, otherwise the longest chain. */
    static Optional<Duration> ofLevel(List<Step> steps, boolean inOrder) {
        if (inOrder) {
            return sum(steps);
        }
        Map<String, Duration> ends = new HashMap<>();
        Duration longest = Duration.ZERO;
        for (Step step : Dependencies.sorted(steps)) {
            Optional<Duration> time = of(step);
            if (time.isEmpty()) {
                return time;
            }
            Duration start = Duration.ZERO;
            for (String name : step.dependsOn()) {
                start = longer(start, ends.getOrDefault(name, Duration.ZERO));
            }
            Duration end = plus(start, time.get());
            ends.put(step.name(), end);
            longest = longer(longest, end);
        }
        return Optional.of(longest);
    }

    private static Optional<Duration> of(Action action) {
        if (action instanceof Action.Gather gather) {
            return gather.concurrency() < gather.steps().size() ? sum(gather.steps()) : ofLevel(gather.steps(), false);
        }
        if (action instanceof Action.Each each) {
            return each.list() instanceof Template.Computed
                    ? Optional.empty()
                    : of(each.body()).map(time -> times(time, rounds(each)));
        }
        if (action instanceof Action.Wait wait) {
            Optional<Duration> branches = ofLevel(wait.steps(), false);
            Duration timeout = wait.timeout();
            return timeout == null
                    ? branches
                    : Optional.of(branches.map(time -> shorter(time, timeout)).orElse(timeout));
        }
        if (action instanceof VerbCall call) {
            return slept(call);
        }
        return action instanceof Action.Sequence ? sum(action.children()) : ofLevel(action.children(), false);
    }

    private static Optional<Duration> slept(VerbCall call) {
        boolean sleeps = call.words().target() == VerbSpec.Target.DURATION;
        return sleeps
                        && call.values().get(VerbSpec.OWN_VALUE) instanceof Template.Literal literal
                        && literal.value() instanceof String text
                ? Optional.of(Durations.parse(text))
                : Optional.empty();
    }

    private static long rounds(Action.Each each) {
        int items = each.list() instanceof Template.ListOf list
                ? list.items().size()
                : each.list() instanceof Template.Literal literal && literal.value() instanceof List<?> values
                        ? values.size()
                        : 0;
        return (items + each.concurrency() - 1L) / each.concurrency();
    }

    private static Duration retried(Duration once, Policies.Retry retry) {
        Duration all = times(once, retry.times() + 1L);
        Duration pause = retry.backoffMin();
        for (int i = 0; i < retry.times(); i++) {
            all = plus(all, shorter(pause, retry.backoffMax()));
            pause = shorter(times(pause, 2), retry.backoffMax());
        }
        return all;
    }

    private static Optional<Duration> sum(List<Step> steps) {
        Duration sum = Duration.ZERO;
        for (Step step : steps) {
            Optional<Duration> time = of(step);
            if (time.isEmpty()) {
                return time;
            }
            sum = plus(sum, time.get());
        }
        return Optional.of(sum);
    }

    /** The cap of sums and products, to avoid overflow. Far longer than any run. */
    private static final Duration ENDLESS = Duration.ofDays(365);

    private static Duration plus(Duration first, Duration other) {
        return shorter(first.plus(other), ENDLESS);
    }

    private static Duration times(Duration time, long count) {
        boolean fits = time.isZero() || count <= ENDLESS.toMillis() / Math.max(1, time.toMillis());
        return fits ? time.multipliedBy(count) : ENDLESS;
    }

    private static Duration shorter(Duration first, Duration other) {
        return first.compareTo(other) <= 0 ? first : other;
    }

    private static Duration longer(Duration first, Duration other) {
        return first.compareTo(other) >= 0 ? first : other;
    }
}
