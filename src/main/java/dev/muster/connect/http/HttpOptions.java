package dev.muster.connect.http;

import dev.muster.config.Problems;
import dev.muster.plan.Option;
import dev.muster.plan.Template;
import dev.muster.plan.UriTemplate;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.text.Printable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The words of the verb {@code http}, and the checks between them. */
final class HttpOptions {

    static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete", "head");

    private HttpOptions() {}

    /** Returns the words, checked against the configured sources. */
    static VerbSpec of(Map<String, HttpSource> sources) {
        return VerbSpec.of(
                        "http",
                        VerbSpec.Target.SOURCE,
                        "Sends a request to a service over HTTP/1.1 or HTTP/2; the result is the body of the response.",
                        method("get", "Reads."),
                        method("post", "Creates, or performs an operation of the service; has effects."),
                        method("put", "Replaces; has effects."),
                        method("patch", "Changes; has effects."),
                        method("delete", "Removes; has effects."),
                        method("head", "Requests only status and headers; see as: response."),
                        Option.of("args", Option.Type.VALUES, "The values of the template's variables, escaped."),
                        Option.of(
                                "query",
                                Option.Type.VALUES,
                                "Query parameters, escaped; a list becomes one parameter per item, null becomes none."),
                        Option.of(
                                "headers",
                                Option.Type.VALUES,
                                "Headers of the request; they override the source's own, its deadline and traceparent; null omits a header."),
                        Option.of(
                                "body",
                                Option.Type.VALUE,
                                "The body to send, as JSON; text is sent as it is if a content-type is given."),
                        Option.of(
                                "expect",
                                Option.Type.TEXTS,
                                "The statuses that are a success, such as 2xx or 404; any other is a badResponse. Default: 2xx."),
                        Option.oneOf(
                                "as",
                                "The form of the result: the body as JSON, text or Base64, or with response a map of status,"
                                        + " headers, protocol and body. Default: JSON by content type, else text.",
                                "json",
                                "text",
                                "bytes",
                                "response"))
                .exactlyOneOf(METHODS.toArray(String[]::new))
                .checked((call, problems) -> check(call, sources.get(call.target()), problems))
                .withEffects(call -> !call.has("get") && !call.has("head"))
                .summarized(HttpOptions::summary)
                .example("""
                        seller:
                          http: sellers
                          get: /sellers/{id}
                          args: {id: = input.id}
                          query: {fields: [name, rating]}
                          expect: [2xx, 404]
                        """);
    }

    /** Returns the method of a call. */
    static String methodOf(VerbCall call) {
        return METHODS.stream()
                .filter(call::has)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(call.at() + ": none of " + METHODS));
    }

    private static Option method(String name, String about) {
        return Option.of(
                name,
                Option.Type.URI,
                about
                        + " A path below the source's address, or a whole URL if the source is http: any; a URI template.");
    }

    private static String summary(VerbCall call) {
        String method = methodOf(call);
        String address = call.uri(method).map(UriTemplate::source).orElseGet(() -> {
            Template template = call.values().get(method);
            return template instanceof Template.Computed computed
                    ? "= " + computed.expression().source()
                    : "= …";
        });
        return method.toUpperCase(Locale.ROOT) + " " + address;
    }

    private static void check(VerbCall call, @Nullable HttpSource source, Problems problems) {
        Optional<String> method = METHODS.stream().filter(call::has).findFirst();
        if (method.isEmpty()) {
            return;
        }
        String name = method.get();
        if (call.has("body") && (name.equals("get") || name.equals("head"))) {
            problems.add(call.at(), name + " sends no body; use query, or post");
        }
        String as = call.text("as").orElse("response");
        if (name.equals("head") && !as.equals("response")) {
            problems.add(call.at(), "the answer to head has no body; write as: response for its status and headers");
        }
        for (String pattern : call.texts("expect")) {
            if (!Expect.isWritten(pattern)) {
                problems.add(
                        call.at(),
                        "expect takes statuses such as 2xx or 404, not \"" + Printable.phrase(pattern, 40) + "\"");
            }
        }
        for (String header : keys(call.values().get("headers")).orElse(Set.of())) {
            String wrong = Headers.problem(header);
            if (wrong != null) {
                problems.add(call.at(), wrong);
            }
        }
        checkAddress(call, name, source, problems);
    }

    private static void checkAddress(VerbCall call, String method, @Nullable HttpSource source, Problems problems) {
        Optional<UriTemplate> template = call.uri(method);
        if (template.isEmpty()) {
            if (call.has("args")) {
                problems.add(
                        call.at(), "args fill a template; " + method + " is an expression, so put the values into it");
            }
            return;
        }
        checkArgs(call, template.get(), problems);
        if (source == null) {
            return;
        }
        String text = template.get().source();
        if (template.get().variables().isEmpty()) {
            try {
                source.resolve(template.get().expand(name -> null));
            } catch (IllegalArgumentException e) {
                problems.add(call.at(), method + ": \"" + Printable.phrase(text, 100) + "\" " + e.getMessage());
            }
        } else if (source.settings().base().isEmpty() && !Address.hasScheme(text) && !text.startsWith("{")) {
            problems.add(
                    call.at(),
                    method + ": source " + source.name() + " has no address (http: any), so write a whole URL");
        }
    }

    private static void checkArgs(VerbCall call, UriTemplate template, Problems problems) {
        Template args = call.values().get("args");
        Optional<Set<String>> names = args == null ? Optional.of(Set.of()) : keys(args);
        if (names.isEmpty()) {
            return;
        }
        for (String variable : template.variables()) {
            if (!names.get().contains(variable)) {
                problems.add(call.at(), "the template's {" + variable + "} is missing from args");
            }
        }
        for (String name : names.get()) {
            if (!template.variables().contains(name)) {
                problems.add(call.at(), "args has \"" + name + "\", which the template does not use");
            }
        }
    }

    /** The keys of a literal map; empty if the map is computed as a whole. */
    private static Optional<Set<String>> keys(@Nullable Template template) {
        if (template instanceof Template.MapOf map) {
            return Optional.of(new TreeSet<>(map.entries().keySet()));
        }
        if (template instanceof Template.Literal literal && literal.value() instanceof Map<?, ?> map) {
            var names = new TreeSet<String>();
            map.keySet().forEach(key -> names.add(String.valueOf(key)));
            return Optional.of(names);
        }
        return Optional.empty();
    }
}
