package dev.muster.node;

import dev.muster.access.Caller;
import dev.muster.config.Configuration;
import dev.muster.config.Durations;
import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import dev.muster.config.Scalar;
import dev.muster.config.SourceConfig;
import dev.muster.connect.cpu.MusterFunction;
import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Plan;
import dev.muster.plan.PlanParser;
import dev.muster.plan.PlanParser.Known;
import dev.muster.plan.VerbCall;
import dev.muster.run.Runner;
import dev.muster.text.Utf8;
import java.time.Duration;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The reader of ad-hoc plans: plans sent by callers. Such a plan can use only what the configuration marks with
 * {@code adhoc: true}, and only queues and plans granted to its caller. Immutable. Reading takes too long for an event
 * loop.
 */
final class Adhoc {

    private static final String FILE = "plan";

    private final PlanParser parser;
    private final Known known;
    private final Map<String, Plan> plans;
    private final Set<String> sources;
    private final Set<String> functions;
    private final Set<String> addresses;
    private final Set<String> queues;

    private Adhoc(
            PlanParser parser,
            Known known,
            Map<String, Plan> plans,
            Set<String> sources,
            Set<String> functions,
            Set<String> addresses,
            Set<String> queues) {
        this.parser = parser;
        this.known = known;
        this.plans = plans;
        this.sources = sources;
        this.functions = functions;
        this.addresses = addresses;
        this.queues = queues;
    }

    static Adhoc of(Project project, Collection<MusterFunction> functions) {
        Configuration configuration = project.configuration();
        Set<String> named = named(configuration, "functions");
        return new Adhoc(
                project.parser(),
                project.known(),
                project.plans(),
                project.sources().stream()
                        .filter(source -> isAdhoc(source.mapping()))
                        .map(SourceConfig::name)
                        .collect(Collectors.toSet()),
                functions.stream()
                        .filter(function -> function.adhoc() || named.contains(function.name()))
                        .map(MusterFunction::name)
                        .collect(Collectors.toSet()),
                named(configuration, "addresses"),
                named(configuration, "queues"));
    }

    /**
     * Reads and checks a plan.
     *
     * @param written the plan as a JSON value, or its text
     * @param caller the caller who sent the plan
     * @param goesOn called repeatedly while reading, with the plan's own time-out once it is known; ends the reading by
     *     throwing
     * @throws MusterException of type {@code badInput} or {@code limit} with every problem, or {@code denied} with
     *     everything that the plan is not permitted to use
     */
    Plan read(Object written, Caller caller, Consumer<Optional<Duration>> goesOn) {
        String text = written instanceof String given ? given : Json.pretty(written);
        if (Utf8.hasHalf(text)) {
            throw new MusterException(ErrorType.BAD_INPUT, "the plan " + Utf8.HALF);
        }
        Plan plan;
        try {
            Node root = parser.read(FILE, Utf8.encode(text));
            Optional<Duration> timeout = timeout(root);
            plan = parser.parse(root, known(caller), () -> goesOn.accept(timeout));
        } catch (ProblemsException e) {
            List<String> problems = e.problems().stream().map(Problem::toString).toList();
            throw new MusterException(
                    e.isLimit() ? ErrorType.LIMIT : ErrorType.BAD_INPUT,
                    (e.isLimit() ? "the plan is too large: " : "the plan is wrong: ") + String.join("; ", problems),
                    Map.of("problems", problems),
                    e);
        }
        List<String> refused = new ArrayList<>();
        PlanCalls.all(plan).forEach(call -> check(call, caller, refused));
        if (!refused.isEmpty()) {
            throw new MusterException(
                    ErrorType.DENIED,
                    "an ad-hoc plan may use only what has adhoc: true, and queues that its caller may use: "
                            + String.join("; ", refused),
                    Map.of("problems", refused),
                    null);
        }
        return plan;
    }

    /** The plan's own time-out, or empty if it has none or an invalid one; the parser reports an invalid one later. */
    private static Optional<Duration> timeout(Node root) {
        return root instanceof Mapping mapping
                        && mapping.get("timeout") instanceof Scalar scalar
                        && scalar.value() instanceof String text
                ? duration(text)
                : Optional.empty();
    }

    /** Parses a duration, capped at the longest run. Empty if the text is not a duration. */
    static Optional<Duration> duration(String text) {
        try {
            return Optional.of(Runner.within(Durations.parse(text)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * The names that a caller can refer to. A plan without a grant is reported as unknown. A queue without a grant is
     * always reported as denied, whether it exists or not, so that a caller cannot probe for queue names.
     */
    private Known known(Caller caller) {
        Set<String> runnable = known.plans().stream().filter(caller::mayRun).collect(Collectors.toSet());
        Set<String> usable = known.queues().stream().filter(caller::mayUseQueue).collect(Collectors.toSet());
        return new Known(known.sources(), known.functions(), runnable, new AskedQueues(usable, caller));
    }

    /** The queues granted to a caller, and every name not granted; {@link #check} denies the latter. */
    private static final class AskedQueues extends AbstractSet<String> {
        private final Set<String> usable;
        private final Caller caller;

        AskedQueues(Set<String> usable, Caller caller) {
            this.usable = usable;
            this.caller = caller;
        }

        @Override
        public boolean contains(Object name) {
            return usable.contains(name) || name instanceof String queue && !caller.mayUseQueue(queue);
        }

        @Override
        public Iterator<String> iterator() {
            return usable.iterator();
        }

        @Override
        public int size() {
            return usable.size();
        }
    }

    private void check(VerbCall call, Caller caller, List<String> refused) {
        boolean may = switch (call.words().target()) {
            case SOURCE -> sources.contains(call.target());
            case FUNCTION -> functions.contains(call.target());
            case ADDRESS -> addresses.contains(call.target());
            case PLAN ->
                plans.containsKey(call.target()) && plans.get(call.target()).adhoc();
            case QUEUE -> queues.contains(call.target()) && caller.mayUseQueue(call.target());
            case VALUE, DURATION -> true;
        };
        if (!may) {
            refused.add(call.at() + ": " + call.verb() + " " + call.target());
        }
    }

    private static Set<String> named(Configuration configuration, String section) {
        return configuration.section(section).stream()
                .flatMap(mapping -> mapping.entries().stream())
                .filter(entry -> entry.value() instanceof Mapping words && isAdhoc(words))
                .map(Mapping.Entry::name)
                .collect(Collectors.toSet());
    }

    private static boolean isAdhoc(Mapping words) {
        return Boolean.TRUE.equals(words.toValue().get("adhoc"));
    }
}
