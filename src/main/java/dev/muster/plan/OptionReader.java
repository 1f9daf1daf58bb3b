package dev.muster.plan;

import dev.muster.config.Durations;
import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Scalar;
import dev.muster.config.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The reader of the words beside a verb. Separates literal values from computed values. */
final class OptionReader {

    private final TemplateReader templates;
    private final Fields fields;
    private final NameScope around;
    final Map<String, Object> literals = new LinkedHashMap<>();
    final Map<String, Template> values = new LinkedHashMap<>();

    OptionReader(TemplateReader templates, Fields fields, NameScope around) {
        this.templates = templates;
        this.fields = fields;
        this.around = around;
    }

    /** Reads a word if it is given. */
    void read(Option word) {
        String name = word.name();
        if (!fields.has(name)) {
            return;
        }
        switch (word.type()) {
            case VALUE -> fields.node(name).ifPresent(node -> computed(name, node));
            case VALUES -> values(name);
            case LIST -> list(name);
            case TEXT_VALUE -> textValue(name);
            case URI -> uri(name);
            case DURATION_VALUE -> durationValue(name);
            case TEXT -> fields.string(name).ifPresent(text -> literals.put(name, TemplateReader.unescaped(text)));
            case DURATION -> fields.duration(name).ifPresent(duration -> literals.put(name, duration));
            case INTEGER -> fields.integer(name, 0, Long.MAX_VALUE).ifPresent(number -> literals.put(name, number));
            case BOOLEAN -> fields.bool(name).ifPresent(truth -> literals.put(name, truth));
            case ONE_OF -> fields.oneOf(name, word.choices()).ifPresent(choice -> literals.put(name, choice));
            case TEXTS -> texts(name);
            case STEPS -> {
                // Read by VerbReader, which knows the surrounding names.
            }
        }
    }

    private void computed(String name, Node node) {
        values.put(name, templates.read(node, around));
    }

    private void values(String name) {
        Node node = fields.mapping().get(name);
        if (node instanceof Mapping) {
            computed(name, node);
        } else {
            fields.problem(name, name + " of " + fields.what() + " must be a map; its values may be expressions");
        }
    }

    private void list(String name) {
        Node node = fields.mapping().get(name);
        if (node instanceof Sequence) {
            computed(name, node);
        } else {
            fields.problem(name, name + " of " + fields.what() + " must be a list; its items may be expressions");
        }
    }

    private void textValue(String name) {
        Node node = fields.mapping().get(name);
        if (TemplateReader.isExpression(node) || fields.string(name).isPresent()) {
            fields.node(name).ifPresent(text -> computed(name, text));
        }
    }

    private void durationValue(String name) {
        if (TemplateReader.isExpression(fields.mapping().get(name))) {
            fields.node(name).ifPresent(node -> computed(name, node));
        } else {
            fields.duration(name)
                    .ifPresent(duration -> values.put(name, new Template.Literal(Durations.format(duration))));
        }
    }

    private void uri(String name) {
        Node node = fields.mapping().get(name);
        if (TemplateReader.isExpression(node)) {
            fields.node(name).ifPresent(text -> computed(name, text));
            return;
        }
        fields.string(name).ifPresent(text -> {
            try {
                literals.put(name, UriTemplates.parse(TemplateReader.unescaped(text)));
            } catch (UriTemplates.Malformed e) {
                int column = e.column() - 1 + (text.startsWith("==") ? 1 : 0);
                fields.problems()
                        .add(
                                TemplateReader.textOf((Scalar) Objects.requireNonNull(node))
                                        .shifted(column),
                                e.getMessage());
            }
        });
    }

    private void texts(String name) {
        Node node = fields.mapping().get(name);
        List<Node> items =
                node instanceof Sequence sequence ? sequence.items() : node == null ? List.of() : List.of(node);
        List<String> texts = new ArrayList<>(items.size());
        for (Node item : items) {
            if (TemplateReader.isExpression(item)) {
                fields.problems().add(item.at(), TemplateReader.neverComputed(name + " of " + fields.what()));
            } else if (item instanceof Scalar scalar
                    && scalar.value() != null
                    && !(scalar.value() instanceof Boolean)) {
                texts.add(TemplateReader.unescaped(scalar.text()));
            } else {
                fields.problems()
                        .add(
                                item.at(),
                                name + " of " + fields.what() + " must be one text or number, or a list of them");
            }
        }
        literals.put(name, List.copyOf(texts));
    }
}
