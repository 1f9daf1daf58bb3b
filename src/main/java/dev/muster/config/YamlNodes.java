package dev.muster.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * The builder of nodes from the events of the YAML parser. It works without recursion, and checks each limit before the
 * nodes beyond it are built.
 */
final class YamlNodes {
    private static final String STR = "tag:yaml.org,2002:str";
    private static final String SEQ = "tag:yaml.org,2002:seq";
    private static final String MAP = "tag:yaml.org,2002:map";

    private final String file;
    private final Yaml.Limits limits;
    private final Problems problems = new Problems();
    private final Deque<OpenNode> open = new ArrayDeque<>();
    private final Map<Anchor, Measured> anchors = new HashMap<>();
    private long aliased;
    private @Nullable Node root;

    private YamlNodes(String file, Yaml.Limits limits) {
        this.file = file;
        this.limits = limits;
    }

    /** A node with the number of nodes in it, including itself, and the number of levels below it. */
    private record Measured(Node node, int size, int height) {}

    static Optional<Node> read(String file, String text, Yaml.Limits limits) {
        // The parser's own limit counts code points; the size in bytes is checked before. A buffer for the whole text
        // avoids copying long scalars once per kilobyte, which takes quadratic time.
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setCodePointLimit(Integer.MAX_VALUE)
                .setBufferSize(Math.max(1024, text.length() + 1))
                .build();
        YamlNodes nodes = new YamlNodes(file, limits);
        try {
            ParserImpl parser = new ParserImpl(settings, new StreamReader(settings, text));
            while (parser.hasNext()) {
                nodes.take(parser.next());
            }
        } catch (YamlEngineException e) {
            throw YamlWording.of(e, file, text);
        }
        nodes.problems.throwIfAny();
        return Optional.ofNullable(nodes.root);
    }

    private void take(Event event) {
        switch (event.getEventId()) {
            case DocumentStart -> {
                if (root != null) {
                    throw fatal(at(event), "a second document begins here; a file holds one");
                }
            }
            case Scalar -> scalar((ScalarEvent) event);
            case Alias -> alias((AliasEvent) event);
            case SequenceStart -> start((CollectionStartEvent) event, false);
            case MappingStart -> start((CollectionStartEvent) event, true);
            case SequenceEnd, MappingEnd -> {
                OpenNode done = open.pop();
                finished(done.anchor(), done.close());
            }
            default -> {}
        }
    }

    private void scalar(ScalarEvent event) {
        Position at = at(event);
        String tag = event.getTag().orElse(null);
        boolean text = tag != null && (tag.equals(STR) || tag.equals("!"));
        if (tag != null && !text) {
            unknownTag(at, tag);
        }
        boolean quoted = !event.isPlain() || text;
        finished(event.getAnchor(), new Measured(scalar(at, event.getValue(), quoted), 1, 0));
    }

    private Scalar scalar(Position at, String text, boolean quoted) {
        try {
            return new Scalar(at, quoted ? text : CoreSchema.value(text), text, quoted);
        } catch (IllegalArgumentException e) {
            problems.add(at, String.valueOf(e.getMessage()));
            return new Scalar(at, text, text, false);
        }
    }

    private void start(CollectionStartEvent event, boolean mapping) {
        Position at = at(event);
        checkDepth(at, open.size() + 1);
        event.getTag().filter(tag -> !tag.equals(mapping ? MAP : SEQ)).ifPresent(tag -> unknownTag(at, tag));
        if (!open.isEmpty() && open.peek().awaitsKey()) {
            throw fatal(at, "a key must be text, not " + (mapping ? "a map" : "a list"));
        }
        open.push(new OpenNode(at, mapping, event.getAnchor()));
    }

    private void alias(AliasEvent event) {
        Position at = at(event);
        Anchor anchor = event.getAlias();
        Measured target = anchors.get(anchor);
        if (open.stream().anyMatch(node -> node.anchor().equals(Optional.of(anchor)))) {
            throw fatal(at, "*" + anchor.getValue() + " is inside the node that it refers to");
        }
        if (target == null) {
            throw fatal(
                    at,
                    "*" + anchor.getValue()
                            + " refers to no anchor above; for a text that starts with *, put it in quotes");
        }
        if (!(target.node() instanceof Scalar) && !open.isEmpty() && open.peek().awaitsKey()) {
            throw fatal(at, "a key must be text, not " + target.node().describe());
        }
        aliased += target.size();
        if (aliased > limits.aliased()) {
            throw fatal(
                    at,
                    "aliases add more than " + limits.aliased()
                            + " nodes (for plans the setting is server.limits.aliased)");
        }
        checkDepth(at, open.size() + target.height());
        finished(Optional.empty(), target);
    }

    private void finished(Optional<Anchor> anchor, Measured node) {
        anchor.ifPresent(name -> anchors.put(name, node));
        if (open.isEmpty()) {
            root = node.node();
        } else {
            open.peek().add(node);
        }
    }

    private void checkDepth(Position at, int depth) {
        if (depth > limits.nesting()) {
            throw fatal(
                    at,
                    "nested deeper than " + limits.nesting()
                            + " levels (for plans the setting is server.limits.nesting)");
        }
    }

    private void unknownTag(Position at, String tag) {
        problems.add(
                at,
                "the tag " + tag.replace("tag:yaml.org,2002:", "!!") + " has no meaning here; only !!str is supported");
    }

    private ProblemsException fatal(Position at, String message) {
        problems.add(at, message);
        return new ProblemsException(problems.list());
    }

    private Position at(Event event) {
        return event.getStartMark()
                .map(mark -> new Position(file, mark.getLine() + 1, mark.getColumn() + 1))
                .orElseGet(() -> Position.start(file));
    }

    /** A list or map whose end is not read yet. */
    private final class OpenNode {
        private final Position at;
        private final boolean mapping;
        private final Optional<Anchor> anchor;
        private final List<Node> items = new ArrayList<>();
        private final Map<String, Mapping.Entry> entries = new LinkedHashMap<>();
        private @Nullable Scalar key;
        private int size = 1;
        private int height = 1;

        OpenNode(Position at, boolean mapping, Optional<Anchor> anchor) {
            this.at = at;
            this.mapping = mapping;
            this.anchor = anchor;
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
                        scalar.at(),
                        "merge keys (<<) are not part of YAML 1.2; write the entries out, or quote the key");
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
}
