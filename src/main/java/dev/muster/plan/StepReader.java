package dev.muster.plan;

import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.config.Scalar;
import dev.muster.config.Suggest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The reader of one step. Finds its verb or combinator, and delegates the rest. */
final class StepReader {

    private final Parsing parsing;
    private final VerbReader verbs;
    private final CombinatorReader combinators;
    private final PolicyReader policies;

    StepReader(Parsing parsing, TemplateReader templates) {
        this.parsing = parsing;
        this.verbs = new VerbReader(parsing, templates, this);
        this.combinators = new CombinatorReader(parsing, templates, this);
        this.policies = new PolicyReader(templates, this);
    }

    /** Reads a step that stands alone, under {@code do} or {@code finally}. Empty if it is not valid; the problem is then noted. */
    Optional<Step> readAlone(String name, Position at, Node node, NameScope around, int depth)
            throws ProblemsException {
        Optional<Dependencies.Draft> draft = read(name, false, at, node, around, depth);
        draft.ifPresent(found -> Dependencies.refuseAfter(parsing, found));
        return draft.map(Dependencies.Draft::step);
    }

    /** Reads a step. Empty if it is not valid; the problem is then noted. */
    Optional<Dependencies.Draft> read(String name, boolean named, Position at, Node node, NameScope around, int depth)
            throws ProblemsException {
        parsing.countStep(at);
        if (depth > parsing.limits.nesting()) {
            parsing.problem(
                    at,
                    "steps are nested deeper than " + parsing.limits.nesting()
                            + " levels (the setting is server.limits.stepNesting)");
            return Optional.empty();
        }
        String label = named ? "the step \"" + name + "\"" : "the step";
        if (!(node instanceof Mapping mapping)) {
            parsing.problem(node.at(), label + " must be a map with a verb, not " + node.describe());
            return Optional.empty();
        }
        Optional<String> head = head(label, at, mapping);
        if (head.isEmpty()) {
            return Optional.empty();
        }
        Problems own = new Problems();
        Optional<Dependencies.Draft> draft = read(name, named, at, label, mapping, head.get(), around, depth, own);
        parsing.problems.addAll(own.list());
        return draft;
    }

    private Optional<Dependencies.Draft> read(
            String name,
            boolean named,
            Position at,
            String label,
            Mapping mapping,
            String head,
            NameScope around,
            int depth,
            Problems own)
            throws ProblemsException {
        Optional<VerbSpec> verb = parsing.language.verb(head);
        Fields fields = new Fields(
                TemplateReader.withoutMisplaced(mapping, label, word -> isLiteral(word, head, verb), own), label, own);
        fields.has(head);
        Policies how = policies.read(fields, head, verb, around, depth);
        List<Scalar> after = policies.after(fields, verb);
        Optional<? extends Action> action = verb.isPresent()
                ? Optional.of(verbs.read(verb.get(), fields, mapping, at, around, depth))
                : combinators.read(head, fields, around, depth);
        fields.unknownWords(Language.POLICIES);
        return action.map(does -> new Dependencies.Draft(
                new Step(name, named, at, does, how, Dependencies.freeVariables(does, how), List.of()), after));
    }

    /** Whether the value of a word of this step is never computed. */
    private boolean isLiteral(String word, String head, Optional<VerbSpec> verb) {
        Optional<Option> own = verb.flatMap(words -> words.word(word));
        if (own.isPresent()) {
            return !own.get().isComputed();
        }
        if (word.equals(head)) {
            return verb.isEmpty()
                    ? !head.equals("each")
                    : VerbReader.isName(verb.get().target());
        }
        if (word.equals("when") || word.equals("default") || word.equals("output") && head.equals("group")) {
            return false;
        }
        return Language.POLICIES.contains(word)
                || CombinatorReader.WORDS.getOrDefault(head, Set.of()).contains(word);
    }

    private Optional<String> head(String label, Position at, Mapping mapping) {
        List<String> heads =
                mapping.names().stream().filter(parsing.language::isHead).toList();
        if (heads.isEmpty()) {
            noHead(label, at, mapping);
            return Optional.empty();
        }
        // A word of one verb can have the name of another verb.
        List<String> owners = heads.stream()
                .filter(head -> heads.stream().allMatch(other -> other.equals(head) || hasWord(head, other)))
                .toList();
        if (owners.size() == 1) {
            return Optional.of(owners.get(0));
        }
        Mapping.Entry second = mapping.entry(heads.get(1));
        parsing.problem(
                second == null ? at : second.key().at(),
                label + " has " + (heads.size() == 2 ? "two verbs, " : heads.size() + " verbs, ")
                        + String.join(" and ", heads) + "; a step has one");
        return Optional.empty();
    }

    private boolean hasWord(String head, String word) {
        return parsing.language.verb(head).flatMap(verb -> verb.word(word)).isPresent();
    }

    private void noHead(String label, Position at, Mapping mapping) {
        Set<String> heads = parsing.language.heads();
        boolean explained = false;
        for (Mapping.Entry entry : mapping.entries()) {
            String hint = isKnown(entry.name()) ? "" : Suggest.didYouMean(entry.name(), heads);
            if (!hint.isEmpty()) {
                parsing.problem(entry.key().at(), "unknown word \"" + entry.name() + "\" in " + label + hint);
                explained = true;
            }
        }
        if (!explained) {
            Set<String> foreign = new TreeSet<>(mapping.names());
            foreign.removeAll(Language.POLICIES);
            parsing.problem(
                    at,
                    label + " has no verb"
                            + (foreign.isEmpty() ? "" : ", only " + String.join(", ", foreign))
                            + "; it needs one of " + String.join(", ", heads));
        }
    }

    /** Whether a word is a policy or belongs to any verb, and so is not misspelt. */
    private boolean isKnown(String word) {
        return Language.POLICIES.contains(word)
                || parsing.language.verbs().stream()
                        .anyMatch(verb -> verb.word(word).isPresent());
    }
}
