package dev.muster.connect.http;

import dev.muster.connect.Arguments;
import dev.muster.connect.TraceContext;
import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Template;
import dev.muster.plan.UriTemplate;
import dev.muster.plan.VerbCall;
import dev.muster.text.Printable;
import dev.muster.text.Utf8;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The conversion of a step's words to a request. A request without computed values is built once and shared. */
final class RequestPlan {

    /**
     * A request whose body is possibly not written yet.
     *
     * @param request the request, complete unless there is a large body
     * @param large the body that would take too long to write on a loop, or null
     */
    record Draft(HttpRequest request, @Nullable RequestBody large) {

        /** Writes the large body. To be called on a worker thread only. */
        HttpRequest written() {
            return HttpRequest.of(
                    request.method(),
                    request.address(),
                    request.headers(),
                    Objects.requireNonNull(large).bytes(),
                    request.settings(),
                    request.traced(),
                    request.timed());
        }
    }

    private final HttpSource source;
    private final HttpMethod method;
    private final String word;
    private final @Nullable UriTemplate template;
    private final String accept;
    private final @Nullable Draft ready;

    RequestPlan(VerbCall call, HttpSource source) {
        this.source = source;
        this.word = HttpOptions.methodOf(call);
        this.method = HttpMethod.valueOf(word.toUpperCase(Locale.ROOT));
        this.template = call.uri(word).orElse(null);
        this.accept = accept(call.text("as").orElse(""));
        boolean computed = call.values().values().stream().anyMatch(value -> !(value instanceof Template.Literal))
                || template == null
                || !template.variables().isEmpty();
        this.ready = computed ? null : builtNow(call);
    }

    /**
     * Builds a request without computed values. An invalid request fails at each run, like computed ones, and a large one is
     * not kept; the result is then null.
     */
    private @Nullable Draft builtNow(VerbCall call) {
        var literals = new LinkedHashMap<String, @Nullable Object>();
        call.values().forEach((name, value) -> literals.put(name, ((Template.Literal) value).value()));
        try {
            Draft draft = build(new Arguments(literals, "", "", ""));
            return draft.large() == null ? draft : null;
        } catch (MusterException e) {
            return null;
        }
    }

    /**
     * The request of one run.
     *
     * @throws MusterException of type {@link ErrorType#BAD_INPUT} if a value is not valid, {@link ErrorType#LIMIT} if the body
     *     is too large
     */
    Draft request(Arguments arguments) {
        return ready != null ? ready : build(arguments);
    }

    private Draft build(Arguments arguments) {
        MultiMap headers = headers(arguments);
        if (!arguments.has("body")) {
            return draft(arguments, headers, HttpRequest.NO_BODY, null);
        }
        var body = RequestBody.of(arguments.get("body"), headers, source);
        byte[] bytes = body.small().orElse(null);
        return bytes == null
                ? draft(arguments, headers, HttpRequest.NO_BODY, body)
                : draft(arguments, headers, bytes, null);
    }

    private Draft draft(Arguments arguments, MultiMap headers, byte[] body, @Nullable RequestBody large) {
        boolean traced = isTraced(arguments);
        boolean timed = isTimed(arguments);
        Address address = address(arguments);
        return new Draft(HttpRequest.of(method, address, headers, body, source.settings(), traced, timed), large);
    }

    private Address address(Arguments arguments) {
        String text;
        if (template != null) {
            Map<String, @Nullable Object> args = map(arguments, "args");
            text = template.expand(args::get);
        } else if (arguments.get(word) instanceof String url) {
            text = url;
        } else {
            throw bad(word + " must give an address as text, not " + kind(arguments.get(word)));
        }
        Address address;
        try {
            address = source.resolve(text);
        } catch (IllegalArgumentException e) {
            throw bad(word + ": the address " + e.getMessage());
        }
        return arguments.has("query") ? withQuery(address, map(arguments, "query")) : address;
    }

    private static Address withQuery(Address address, Map<String, @Nullable Object> query) {
        var uri = new StringBuilder(address.uri());
        boolean first = address.uri().indexOf('?') < 0;
        for (Map.Entry<String, @Nullable Object> entry : query.entrySet()) {
            Object parameter = entry.getValue();
            List<?> values =
                    parameter instanceof List<?> list ? list : parameter == null ? List.of() : List.of(parameter);
            for (Object value : values) {
                if (value != null) {
                    uri.append(first ? '?' : '&').append(component(entry.getKey(), entry.getKey()));
                    uri.append('=').append(component(text(value, "query", entry.getKey()), entry.getKey()));
                    first = false;
                }
            }
        }
        return address.withUri(uri.toString());
    }

    private static String component(String text, String name) {
        try {
            return UriText.component(text);
        } catch (IllegalArgumentException e) {
            throw bad("query: " + Printable.phrase(name, 60) + " " + Utf8.HALF);
        }
    }

    private MultiMap headers(Arguments arguments) {
        MultiMap headers = HttpHeaders.headers();
        headers.set(HttpHeaders.ACCEPT, accept);
        headers.set(HttpHeaders.USER_AGENT, "muster");
        if (source.settings().compression()) {
            headers.set(HttpHeaders.ACCEPT_ENCODING, Unpacking.CODINGS);
        }
        source.settings().headers().forEach(headers::set);
        for (Map.Entry<String, @Nullable Object> entry :
                map(arguments, "headers").entrySet()) {
            String name = entry.getKey();
            String wrong = Headers.problem(name);
            if (wrong != null) {
                throw bad(wrong);
            }
            headers.remove(name);
            Object parameter = entry.getValue();
            List<?> values =
                    parameter instanceof List<?> list ? list : parameter == null ? List.of() : List.of(parameter);
            for (Object value : values) {
                if (value != null) {
                    headers.add(name, headerValue(name, value));
                }
            }
        }
        return headers;
    }

    /** Whether the node adds its {@code traceparent}: not if the source or the step sets the header, even to null. */
    private boolean isTraced(Arguments arguments) {
        return source.settings().trace()
                && !source.settings().headers().containsKey(TraceContext.HEADER)
                && !hasOwn(arguments, TraceContext.HEADER);
    }

    /** Whether the node adds the deadline header: not if the step sets the header, even to null. */
    private boolean isTimed(Arguments arguments) {
        return source.settings()
                .deadline()
                .filter(header -> !hasOwn(arguments, header))
                .isPresent();
    }

    private static boolean hasOwn(Arguments arguments, String header) {
        return map(arguments, "headers").keySet().stream().anyMatch(header::equalsIgnoreCase);
    }

    private static String headerValue(String name, Object value) {
        String text = text(value, "headers", name);
        if (!Headers.isValue(text)) {
            throw bad("the header " + name + " must be Latin text on one line, without controls");
        }
        return text;
    }

    private static Map<String, @Nullable Object> map(Arguments arguments, String name) {
        Object value = arguments.get(name);
        if (value != null && !(value instanceof Map)) {
            throw bad(name + " must be a map, not " + kind(value));
        }
        return arguments.map(name);
    }

    private static String text(Object value, String where, String name) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Number || value instanceof Boolean) {
            return Json.write(value);
        }
        throw bad(where + ": " + Printable.phrase(name, 60) + " must be text, a number or a truth value, not "
                + kind(value));
    }

    private static String kind(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof Map) {
            return "a map";
        }
        if (value instanceof List) {
            return "a list";
        }
        return value instanceof String ? "text" : value instanceof Number ? "a number" : "a truth value";
    }

    private static String accept(String as) {
        return switch (as) {
            case "json" -> "application/json";
            case "bytes" -> "*/*";
            case "text" -> "text/plain, */*;q=0.5";
            default -> "application/json, */*;q=0.5";
        };
    }

    private static MusterException bad(String detail) {
        return new MusterException(ErrorType.BAD_INPUT, detail);
    }
}
