package dev.muster.plan;

import dev.muster.config.Durations;
import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.ProblemsException;
import dev.muster.config.Scalar;
import dev.muster.config.Sequence;
import dev.muster.config.Suggest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The reader of a step's policies. */
final class PolicyReader {

    /** The longest time-out: the longest run, 15 minutes. */
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private static final Duration BACKOFF_MIN = Duration.ofMillis(100);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(2);
    private static final int TIMES = 2;
    static final int MAX_TIMES = 100;
    private static final Pattern BACKOFF = Pattern.compile("([0-9]{1,15}(?:ms|s|m|h))\\.\\.([0-9]{1,15}(?:ms|s|m|h))");

    private final TemplateReader templates;
    private final StepReader steps;

    PolicyReader(TemplateReader templates, StepReader steps) {
        this.templates = templates;
        this.steps = steps;
    }

    /** Reads the policies. A word that the verb itself defines belongs to the verb. */
    Policies read(Fields fields, String head, Optional<VerbSpec> verb, NameScope around, int depth)
            throws ProblemsException {
        boolean ownTimeout = head.equals("wait") || isVerbs("timeout", verb);
        Optional<Node> otherwise = policy("default", fields, verb);
        boolean optional = !isVerbs("optional", verb) && fields.bool("optional", false);
        if (optional && otherwise.isPresent()) {
            fields.problem("optional", fields.what() + " has both \"optional\" and \"default\"; use default alone");
        }
        return new Policies(
                policy("when", fields, verb)
                        .map(node -> when(node, fields, around))
                        .orElse(null),
                optional,
                otherwise.map(node -> templates.read(node, around)).orElse(null),
                finallyStep(fields, verb, around, depth),
                ownTimeout ? null : timeout(fields, "timeout").orElse(null),
                isVerbs("retry", verb)
                        ? null
                        : fields.fields("retry").map(this::retry).orElse(null),
                !isVerbs("idempotent", verb) && fields.bool("idempotent", false),
                !isVerbs("stream", verb) && fields.bool("stream", false));
    }

    /** The names under {@code after}, with their positions. */
    List<Scalar> after(Fields fields, Optional<VerbSpec> verb) {
        List<Scalar> names = new ArrayList<>();
        if (isVerbs("after", verb)) {
            return names;
        }
        for (Node item : fields.sequence("after").map(Sequence::items).orElse(List.of())) {
            if (item instanceof Scalar scalar && scalar.isText()) {
                names.add(scalar);
            } else {
                fields.problems()
                        .add(item.at(), "each item of after of " + fields.what() + " must be the name of a step");
            }
        }
        return names;
    }

    private static boolean isVerbs(String word, Optional<VerbSpec> verb) {
        return verb.flatMap(words -> words.word(word)).isPresent();
    }

    private static Optional<Node> policy(String word, Fields fields, Optional<VerbSpec> verb) {
        return isVerbs(word, verb) ? Optional.empty() : fields.node(word);
    }

    private Template when(Node node, Fields fields, NameScope around) {
        if (!TemplateReader.isExpression(node) && !(node.toValue() instanceof Boolean)) {
            fields.problem("when", "when of " + fields.what() + " must be an expression (= …), true or false");
            return new Template.Literal(true);
        }
        return templates.read(node, around);
    }

    private @Nullable Step finallyStep(Fields fields, Optional<VerbSpec> verb, NameScope around, int depth)
            throws ProblemsException {
        Mapping.Entry entry = isVerbs("finally", verb) ? null : fields.mapping().entry("finally");
        if (entry == null) {
            return null;
        }
        fields.has("finally");
        return steps.readAlone("finally", entry.key().at(), entry.value(), around, depth + 1)
                .orElse(null);
    }

    private Policies.Retry retry(Fields unfiltered) {
        Fields fields = new Fields(
                TemplateReader.withoutMisplaced(
                        unfiltered.mapping(), unfiltered.what(), word -> true, unfiltered.problems()),
                unfiltered.what(),
                unfiltered.problems());
        int times = fields.integer("times", 1, MAX_TIMES, TIMES);
        Duration[] backoff = fields.string("backoff")
                .map(text -> backoff(text, fields))
                .orElse(new Duration[] {BACKOFF_MIN, BACKOFF_MAX});
        Set<ErrorType> on = fields.sequence("on").map(list -> on(list, fields)).orElse(null);
        fields.unknownWords();
        return new Policies.Retry(times, backoff[0], backoff[1], on);
    }

    private static Duration @Nullable [] backoff(String text, Fields fields) {
        Matcher matcher = BACKOFF.matcher(text);
        if (matcher.matches()) {
            try {
                Duration min = Durations.parse(matcher.group(1));
                Duration max = Durations.parse(matcher.group(2));
                if (min.compareTo(max) <= 0 && max.compareTo(LONGEST) <= 0) {
                    return new Duration[] {min, max};
                }
            } catch (IllegalArgumentException e) {
                // The duration is too long; the problem below describes the format.
            }
        }
        fields.problem(
                "backoff",
                "backoff of " + fields.what() + " must be MIN..MAX, such as 50ms..1s, MAX at most 15m, not \"" + text
                        + "\"");
        return null;
    }

    private static Set<ErrorType> on(Sequence list, Fields fields) {
        Set<ErrorType> types = EnumSet.noneOf(ErrorType.class);
        List<String> words = ErrorType.ofSteps().stream().map(ErrorType::word).toList();
        for (Node item : list.items()) {
            String word = item instanceof Scalar scalar ? scalar.text() : "";
            Optional<ErrorType> type = ErrorType.of(word).filter(ErrorType.ofSteps()::contains);
            type.ifPresent(types::add);
            if (type.isEmpty()) {
                fields.problems()
                        .add(
                                item.at(),
                                "\"" + word + "\" is not an error type" + Suggest.didYouMean(word, words)
                                        + "; they are " + String.join(", ", words));
            } else if (type.get() == ErrorType.CANCELLED) {
                fields.problems().add(item.at(), "a cancellation is never retried");
            }
        }
        if (list.items().isEmpty()) {
            fields.problem("on", "on of " + fields.what() + " has no error type");
        }
        return Collections.unmodifiableSet(types);
    }

    /** The time-out of a step or plan, from 1 ms to {@link #LONGEST}. */
    static Optional<Duration> timeout(Fields fields, String name) {
        return fields.duration(name).filter(duration -> {
            boolean fits = !duration.isZero() && duration.compareTo(LONGEST) <= 0;
            if (!fits) {
                fields.problem(name, name + " of " + fields.what() + " must be from 1ms to 15m, the longest run");
            }
            return fits;
        });
    }
}
