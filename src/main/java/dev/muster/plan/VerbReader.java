package dev.muster.plan;

import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Position;
import dev.muster.config.ProblemsException;
import dev.muster.config.Scalar;
import dev.muster.config.Sequence;
import dev.muster.config.Suggest;
import dev.muster.plan.NameScope.Rule;
import dev.muster.plan.PlanParser.Known;
import dev.muster.plan.VerbSpec.Target;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The reader of a verb and the words beside it. */
final class VerbReader {

    private final Parsing parsing;
    private final TemplateReader templates;
    private final StepsReader inner;

    VerbReader(Parsing parsing, TemplateReader templates, StepReader steps) {
        this.parsing = parsing;
        this.templates = templates;
        this.inner = new StepsReader(parsing, steps);
    }

    /** Whether the verb's own value is a name, which is never computed. */
    static boolean isName(Target target) {
        return target != Target.VALUE && target != Target.DURATION;
    }

    /** Reads the call. Problems are added to those of the fields. */
    VerbCall read(VerbSpec verb, Fields fields, Mapping written, Position at, NameScope around, int depth)
            throws ProblemsException {
        OptionReader words = new OptionReader(templates, fields, around);
        String target = target(verb, fields, words, written, around);
        verb.words().forEach(words::read);
        List<Step> steps =
                verb.steps().isPresent() ? innerSteps(verb.steps().get(), fields, target, around, depth) : List.of();
        requireWords(verb, fields, written);
        VerbCall call = new VerbCall(
                verb,
                at,
                target,
                Collections.unmodifiableMap(words.literals),
                Collections.unmodifiableMap(words.values),
                steps);
        checkArgs(call, fields);
        if (fields.problems().isEmpty()) {
            verb.check().accept(call, fields.problems());
        }
        if (!fields.problems().isEmpty()) {
            parsing.markBroken(call);
        }
        return call;
    }

    private String target(VerbSpec verb, Fields fields, OptionReader words, Mapping written, NameScope around) {
        String name = verb.verb();
        Node node = written.get(name);
        if (verb.target() == Target.VALUE && node != null) {
            words.values.put(VerbSpec.OWN_VALUE, templates.read(node, around));
            return "";
        }
        if (verb.target() == Target.DURATION) {
            words.read(Option.of(name, Option.Type.DURATION_VALUE, ""));
            Template value = words.values.remove(name);
            if (value != null) {
                words.values.put(VerbSpec.OWN_VALUE, value);
            }
            return "";
        }
        if (TemplateReader.isExpression(node)) {
            return "";
        }
        if (!(node instanceof Scalar scalar)
                || !scalar.isText()
                || scalar.text().isEmpty()) {
            String actual = node == null ? "nothing" : node.describe();
            fields.problem(
                    name, name + " of " + fields.what() + " must be " + whatIs(verb.target()) + ", not " + actual);
            return "";
        }
        checkTarget(verb, fields, scalar.text());
        return scalar.text();
    }

    private static String whatIs(Target target) {
        return switch (target) {
            case SOURCE -> "the name of a source";
            case FUNCTION -> "the name of a function";
            case PLAN -> "the name of a plan";
            case QUEUE -> "the name of a queue";
            default -> "an address";
        };
    }

    private void checkTarget(VerbSpec verb, Fields fields, String target) {
        Known known = parsing.known;
        switch (verb.target()) {
            case SOURCE -> checkSource(verb, fields, target);
            case FUNCTION -> {
                if (known.functions() != null) {
                    checkKnown(verb, "function", target, known.functions(), fields);
                }
            }
            case PLAN -> checkKnown(verb, "plan", target, known.plans(), fields);
            case QUEUE -> checkKnown(verb, "queue", target, known.queues(), fields);
            default -> {}
        }
    }

    private void checkSource(VerbSpec verb, Fields fields, String source) {
        List<String> kinds = verb.steps().map(Option::choices).orElse(List.of(verb.verb()));
        String kind = String.join(" or ", kinds);
        String actual = parsing.known.sources().get(source);
        List<String> ofKind = parsing.known.sources().entrySet().stream()
                .filter(entry -> kinds.contains(entry.getValue()))
                .map(entry -> entry.getKey())
                .sorted()
                .toList();
        if (actual == null) {
            fields.problem(verb.verb(), unknown(kind + " source", source, ofKind));
        } else if (!kinds.contains(actual)) {
            fields.problem(
                    verb.verb(),
                    "the source \"" + source + "\" is " + actual + ", not " + kind
                            + Suggest.didYouMean(source, ofKind));
        }
    }

    private static void checkKnown(VerbSpec verb, String what, String target, Collection<String> names, Fields fields) {
        if (!names.contains(target)) {
            fields.problem(
                    verb.verb(), unknown(what, target, names.stream().sorted().toList()));
        }
    }

    private static String unknown(String what, String name, Collection<String> known) {
        String hint = Suggest.didYouMean(name, known);
        boolean few = !known.isEmpty() && known.size() <= 10;
        return "there is no " + what + " \"" + name + "\""
                + (hint.isEmpty() && few ? "; there is " + String.join(", ", known) : hint);
    }

    private void requireWords(VerbSpec verb, Fields fields, Mapping written) {
        for (Option word : verb.words()) {
            if (word.required()
                    && !written.has(word.name())
                    && !fields.hasMisspelt(List.of(word.name()), Language.POLICIES)) {
                fields.problems().add(written.at(), fields.what() + " needs \"" + word.name() + "\": " + word.about());
            }
        }
        List<String> given = verb.oneOf().stream().filter(written::has).toList();
        boolean isReported = given.isEmpty() && fields.hasMisspelt(verb.oneOf(), Language.POLICIES);
        if (!verb.oneOf().isEmpty() && given.size() != 1 && !isReported) {
            Mapping.Entry second = given.isEmpty() ? null : written.entry(given.get(1));
            fields.problems()
                    .add(
                            second == null ? written.at() : second.key().at(),
                            fields.what() + " needs exactly one of " + String.join(", ", verb.oneOf())
                                    + (given.isEmpty() ? "" : ", not " + String.join(" and ", given)));
        }
    }

    /** Checks that the arguments of a URI template are exactly the variables that it names. */
    private static void checkArgs(VerbCall call, Fields fields) {
        Optional<Option> uri = call.words().words().stream()
                .filter(word -> word.type() == Option.Type.URI && call.has(word.name()))
                .findFirst();
        if (uri.isEmpty() || call.words().word("args").isEmpty()) {
            return;
        }
        String word = uri.get().name();
        Collection<String> variables =
                call.uri(word).map(UriTemplate::variables).orElse(Set.of());
        Mapping args = fields.mapping().get("args") instanceof Mapping map ? map : null;
        for (String variable : variables) {
            if (!fields.has("args") || args != null && !args.has(variable)) {
                fields.problem(
                        word,
                        word + " of " + fields.what() + " names {" + variable + "}, but \"args\" has no such value");
            }
        }
        if (args != null) {
            for (Mapping.Entry entry : args.entries()) {
                if (!variables.contains(entry.name())) {
                    fields.problems()
                            .add(
                                    entry.key().at(),
                                    "no {" + entry.name() + "} occurs in " + word + " of " + fields.what()
                                            + Suggest.didYouMean(entry.name(), variables));
                }
            }
        }
    }

    /**
     * Reads the steps inside a call. Each calls one of the verbs that the call's word allows, with the same target. The call
     * decides what a failure means, so an inner step has no policy that turns a failure into a value, retries, or runs other
     * steps.
     */
    private List<Step> innerSteps(Option word, Fields fields, String target, NameScope around, int depth)
            throws ProblemsException {
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
        List<Step> steps =
                inner.read(word.name(), list, Rule.IN_ORDER, around, depth + 1).steps();
        steps.forEach(step -> checkInner(step, what, word, target));
        return steps;
    }

    private void checkInner(Step step, String what, Option word, String target) {
        if (!(step.action() instanceof VerbCall call)
                || !word.choices().contains(call.verb())
                || !call.target().equals(target)) {
            String verbs = String.join(" or ", word.choices());
            parsing.problem(step.at(), what + ": each step must be a " + verbs + " step of \"" + target + "\"");
            return;
        }
        String misplaced = misplaced(step.policies());
        if (misplaced != null) {
            parsing.problem(
                    step.at(), what + ": an inner step cannot have \"" + misplaced + "\"; set it on the outer step");
        } else if (parsing.isSound(call) && call.words().canFlow().test(call)) {
            parsing.problem(step.at(), what + ": the result of an inner step cannot be a stream");
        }
    }

    private static @Nullable String misplaced(Policies policies) {
        if (policies.retry() != null) {
            return "retry";
        }
        if (policies.survivesFailure()) {
            return policies.otherwise() == null ? "optional" : "default";
        }
        return policies.finallyStep() == null ? null : "finally";
    }
}
