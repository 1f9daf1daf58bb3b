package dev.muster.connect.http;

import dev.muster.config.Position;
import dev.muster.connect.Arguments;
import dev.muster.connect.TraceContext;
import dev.muster.plan.Template;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A step as the parser would give it, written in one line of a test. */
final class Step {

    static final Position AT = new Position("plan.yaml", 3, 5);

    private final String source;
    private final Map<String, Object> literals = new LinkedHashMap<>();
    private final Map<String, Object> values = new LinkedHashMap<>();
    private TraceContext trace;

    private Step(String source) {
        this.source = source;
    }

    static Step get(String address) {
        return of("get", address);
    }

    static Step of(String method, String address) {
        return new Step("shop").literal(method, new FakeUriTemplate(address));
    }

    /** A step whose address is an expression. */
    static Step computed(String method, Object address) {
        return new Step("shop").value(method, address);
    }

    Step literal(String word, Object value) {
        literals.put(word, value);
        return this;
    }

    Step value(String word, Object value) {
        values.put(word, value);
        return this;
    }

    Step args(String name, Object value) {
        return value("args", Map.of(name, value));
    }

    Step expect(String... patterns) {
        return literal("expect", List.of(patterns));
    }

    Step as(String word) {
        return literal("as", word);
    }

    Step trace(TraceContext of) {
        trace = of;
        return this;
    }

    VerbCall call(VerbSpec words) {
        var templates = new LinkedHashMap<String, Template>();
        values.forEach((name, value) -> templates.put(name, new Template.Literal(value)));
        return new VerbCall(words, AT, source, literals, templates);
    }

    Arguments arguments() {
        return new Arguments(values, "run", "plan", "step", null, null, trace);
    }
}
