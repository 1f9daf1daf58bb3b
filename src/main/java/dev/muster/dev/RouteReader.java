package dev.muster.dev;

import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.config.Scalar;
import dev.muster.dev.Route.Answer;
import dev.muster.dev.Route.Faults;
import dev.muster.dev.Route.Occasion;
import dev.muster.dev.Route.Pace;
import dev.muster.dev.Route.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses a file of routes and collects all its problems. */
final class RouteReader {
    private static final Pattern KEY = Pattern.compile("(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (\\S+)");
    private static final Duration USUAL_EVERY = Duration.ofMillis(10);
    private static final int USUAL_PIECE_BYTES = 16;
    private static final int MAX_BYTES = 1024 * 1024;
    private static final int MAX_ITEMS = 1_000_000_000;

    private final Problems problems = new Problems();
    private final List<Route> routes = new ArrayList<>();

    private RouteReader() {}

    static Routes read(Node root) throws ProblemsException {
        RouteReader reader = new RouteReader();
        Routes routes = reader.file(root);
        reader.problems.throwIfAny();
        return routes;
    }

    private Routes file(Node root) {
        if (!(root instanceof Mapping mapping)) {
            problems.add(root.at(), "a file of routes is a map with \"routes\", not " + root.describe());
            return new Routes(0, List.of());
        }
        Fields fields = new Fields(mapping, "the file", problems);
        long seed = fields.integer("seed", Integer.MIN_VALUE, Integer.MAX_VALUE).orElse(1L);
        for (Mapping.Entry entry : fields.requireMapping("routes").entries()) {
            if (entry.value() instanceof Mapping words) {
                route(entry.key(), words);
            } else {
                problems.add(
                        entry.value().at(),
                        "the route \"" + entry.name() + "\" must be a map, not "
                                + entry.value().describe());
            }
        }
        fields.unknownWords();
        return new Routes(seed, routes);
    }

    private void route(Scalar key, Mapping words) {
        Fields fields = new Fields(words, "the route \"" + key.text() + "\"", problems);
        Span latency = parsed(fields, "latency", Span.NONE, Span::parse);
        Answer answer = answer(fields, 200);
        Faults faults = faults(fields);
        Pace pace = pace(fields, answer, faults);
        fields.unknownWords();
        Matcher matcher = KEY.matcher(key.text());
        if (!matcher.matches()) {
            problems.add(key.at(), "a route is a method and a path, such as \"GET /items/{id}\"");
            return;
        }
        try {
            PathPattern path = PathPattern.parse(matcher.group(2));
            add(key.at(), new Route(matcher.group(1), path, latency, answer, faults, pace));
        } catch (IllegalArgumentException e) {
            problems.add(key.at(), String.valueOf(e.getMessage()));
        }
    }

    private void add(Position at, Route route) {
        for (Route earlier : routes) {
            if (earlier.method().equals(route.method()) && earlier.path().covers(route.path())) {
                problems.add(at, "no request gets here: \"" + earlier.name() + "\" above matches them all");
            }
        }
        if (route.path().toString().equals(Upstream.STATISTICS)) {
            problems.add(at, Upstream.STATISTICS + " is a page of the upstream itself; choose another path");
        }
        routes.add(route);
    }

    private Answer answer(Fields fields, int usualStatus) {
        int status = fields.integer("status", 200, 599, usualStatus);
        Map<String, String> headers = new LinkedHashMap<>();
        fields.mapping("headers")
                .ifPresent(mapping -> mapping.entries().forEach(header -> {
                    if (header.value() instanceof Scalar value && value.value() != null) {
                        headers.put(header.name(), value.text());
                    } else {
                        problems.add(header.value().at(), "the header \"" + header.name() + "\" must be text");
                    }
                }));
        Optional<Node> body = fields.node("body");
        Optional<String> text = fields.string("text");
        if (body.isPresent() && text.isPresent()) {
            fields.problem("text", fields.what() + " has a body and a text; keep one");
        }
        @Nullable Object value = body.isPresent() ? body.get().toValue() : text.orElse(null);
        return new Answer(status, headers, body.isPresent(), value);
    }

    private Faults faults(Fields fields) {
        Occasion hang = parsed(fields, "hang", Occasion.NEVER, Occasion::parse);
        Occasion cut = parsed(fields, "cut", Occasion.NEVER, Occasion::parse);
        Occasion garbage = parsed(fields, "garbage", Occasion.NEVER, Occasion::parse);
        if (fields.mapping().get("fail") instanceof Mapping) {
            Fields fail = fields.fields("fail").orElseThrow();
            Occasion when = parsed(fail, "when", Occasion.ALWAYS, Occasion::parse);
            Answer failure = answer(fail, 503);
            fail.unknownWords();
            return new Faults(hang, when, failure, cut, garbage);
        }
        Occasion when = parsed(fields, "fail", Occasion.NEVER, Occasion::parse);
        return new Faults(hang, when, new Answer(503, Map.of(), true, Map.of("error", "out of order")), cut, garbage);
    }

    private Pace pace(Fields fields, Answer answer, Faults faults) {
        Optional<Pace> slow = slow(fields);
        Optional<Pace> stream = stream(fields);
        if (slow.isPresent() && stream.isPresent()) {
            fields.problem("slow", fields.what() + " is slow and streams; a stream's pace is its \"every\"");
        }
        if (stream.isPresent() && !answer.json()) {
            fields.problem("stream", fields.what() + " streams and needs \"body\": one item");
        }
        if (stream.isPresent() && stream.get().endless() && !faults.cut().equals(Occasion.NEVER)) {
            fields.problem("cut", "an endless stream cannot be cut in half; set the number of items");
        }
        return stream.or(() -> slow).orElse(Pace.AT_ONCE);
    }

    private Optional<Pace> slow(Fields fields) {
        if (fields.mapping().get("slow") instanceof Mapping) {
            Fields slow = fields.fields("slow").orElseThrow();
            int bytes = slow.integer("bytes", 1, MAX_BYTES, USUAL_PIECE_BYTES);
            Duration every = slow.requireDuration("every");
            slow.unknownWords();
            return Optional.of(new Pace(bytes, 0, every));
        }
        return fields.duration("slow").map(every -> new Pace(USUAL_PIECE_BYTES, 0, every));
    }

    private Optional<Pace> stream(Fields fields) {
        if (fields.mapping().get("stream") instanceof Mapping) {
            Fields stream = fields.fields("stream").orElseThrow();
            Optional<Long> items = items(stream, "items");
            Duration every = stream.duration("every", USUAL_EVERY);
            stream.unknownWords();
            return Optional.of(new Pace(0, items.orElse(Long.MAX_VALUE), every));
        }
        return items(fields, "stream").map(items -> new Pace(0, items, USUAL_EVERY));
    }

    private static Optional<Long> items(Fields fields, String name) {
        return fields.node(name)
                .flatMap(node -> node instanceof Scalar scalar && scalar.text().equals("endless")
                        ? Optional.of(Long.MAX_VALUE)
                        : fields.integer(name, 1, MAX_ITEMS));
    }

    private <T> T parsed(Fields fields, String name, T otherwise, Function<String, T> parse) {
        Node node = fields.node(name).orElse(null);
        if (node == null) {
            return otherwise;
        }
        try {
            if (node instanceof Scalar scalar) {
                return parse.apply(scalar.text());
            }
            fields.problem(name, name + " of " + fields.what() + " must be text, not " + node.describe());
        } catch (IllegalArgumentException e) {
            fields.problem(name, name + " of " + fields.what() + ": " + e.getMessage());
        }
        return otherwise;
    }
}
