package dev.muster.config;

import dev.muster.config.YamlNodes.Measured;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.Anchor;

/** A list or map whose end is not read yet. */
final class OpenNode {
    private final Position at;
    private final boolean mapping;
    private final Optional<Anchor> anchor;
    private final Problems problems;
    private final List<Node> items = new ArrayList<>();
    private final Map<String, Mapping.Entry> entries = new LinkedHashMap<>();
    private @Nullable Scalar key;
    private int size = 1;
    private int height = 1;

    OpenNode(Position at, boolean mapping, Optional<Anchor> anchor, Problems problems) {
        this.at = at;
        this.mapping = mapping;
        this.anchor = anchor;
        this.problems = problems;
    }

    Optional<Anchor> anchor() {
        return anchor;
    }

    boolean awaitsKey() {
        return mapping && key == null;
    }

    void add(Measured child) {
        size = (int) Math.min(Integer.MAX_VALUE, (long) size + child.size());
        height = Math.max(height, child.height() + 1);
        if (!mapping) {
            items.add(child.node());
        } else if (key == null) {
            key = key(child.node());
        } else {
            entry(key, child.node());
            key = null;
        }
    }

    Measured close() {
        Node node = mapping ? new Mapping(at, List.copyOf(entries.values())) : new Sequence(at, items);
        return new Measured(node, size, height);
    }

    private Scalar key(Node node) {
        // Keys that are lists or maps are rejected where they begin.
        Scalar scalar = (Scalar) node;
        if (!scalar.isText()) {
            problems.add(
                    scalar.at(),
                    scalar.text().isEmpty()
                            ? "a key is missing before the colon"
                            : "a key must be text; put it in quotes: \"" + scalar.text() + "\"");
        } else if (scalar.text().equals("<<") && !scalar.quoted()) {
            problems.add(
                    scalar.at(), "merge keys (<<) are not part of YAML 1.2; write the entries out, or quote the key");
        }
        return scalar;
    }

    private void entry(Scalar name, Node value) {
        Mapping.Entry earlier = entries.putIfAbsent(name.text(), new Mapping.Entry(name, value));
        if (earlier != null) {
            problems.add(
                    name.at(),
                    "\"" + name.text() + "\" occurs a second time; the first is at line "
                            + earlier.key().at().line());
        }
    }
}
