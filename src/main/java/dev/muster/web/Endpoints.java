package dev.muster.web;

import dev.muster.config.Problems;
import dev.muster.plan.Effects;
import dev.muster.plan.Plan;
import io.vertx.core.internal.net.RFC3986;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The endpoints of exposed plans, as a tree of path segments. Immutable; safe on any thread.
 *
 * <p>Paths are matched raw, as sent, without the query. At each segment a literal is tried before a variable; if the literal leads
 * to no endpoint for the method, the variable is tried. A trailing slash makes a different path. A variable matches one segment
 * that is neither empty nor {@code .} nor {@code ..}. Muster's own paths never match.
 */
public final class Endpoints {

    /** The first segments of Muster's own paths. */
    private static final List<String> RESERVED = List.of("v1", "health", "openapi.json", "docs");

    private static final String EVENT_BUS = "eventbus";
    private static final String RESERVED_PATHS =
            "/v1/, /health/, /docs, /openapi.json and /eventbus are reserved for Muster";
    private static final NoPath NO_PATH = new NoPath();
    private static final int[] NO_STARTS = {};

    private final PathNode root = new PathNode();
    private int mostVariables;

    private Endpoints() {}

    sealed interface Found {}

    /**
     * An endpoint matches.
     *
     * @param plan the plan of the endpoint
     * @param binding builds the input from the request
     * @param values the path variables, decoded
     */
    record Match(Plan plan, InputBinding binding, Map<String, String> values) implements Found {}

    /**
     * An endpoint matches, but a path variable cannot be decoded.
     *
     * @param plan the plan of the endpoint
     * @param detail which variable is malformed, and how
     */
    record Malformed(Plan plan, String detail) implements Found {}

    record NoPath() implements Found {}

    /**
     * The path has endpoints, but for other methods.
     *
     * @param allowed the methods for the header {@code Allow}; HEAD is listed with a GET that has no effects
     */
    record OtherMethods(List<String> allowed) implements Found {}

    /**
     * Builds the endpoints of the plans with {@code expose}. Reports plans that serve the same requests, paths that are reserved or
     * that clients cannot send, and path variables whose input cannot be text.
     */
    public static Endpoints of(Collection<Plan> plans, Problems problems) {
        Endpoints endpoints = new Endpoints();
        Map<String, Plan> byName = new HashMap<>();
        plans.forEach(plan -> byName.put(plan.name(), plan));
        plans.stream()
                .filter(plan -> plan.expose() != null)
                .sorted(Comparator.comparing(Plan::at).thenComparing(Plan::name))
                .forEach(plan -> endpoints.add(plan, Effects.of(plan, byName::get), problems));
        return endpoints;
    }

    /**
     * Finds the endpoint of a request.
     *
     * @param method the method as sent; HEAD finds the endpoint of GET, unless its plan has effects
     * @param path the raw path, without the query
     * @return {@link Malformed} also if a path variable is not percent-encoded UTF-8 or contains NUL
     */
    Found find(String method, String path) {
        if (!path.startsWith("/") || isReserved(path)) {
            return NO_PATH;
        }
        int from = path.length() == 1 ? 2 : 1;
        int index = PathNode.method(method);
        if (index >= 0) {
            int[] starts = mostVariables == 0 ? NO_STARTS : new int[mostVariables];
            Endpoint found = root.find(index, path, from, starts, 0);
            if (found != null && !(found.hasEffects() && method.equals("HEAD"))) {
                return found.match(path, starts);
            }
        }
        int methods = root.methods(path, from);
        return methods == 0 ? NO_PATH : new OtherMethods(PathNode.methodNames(methods));
    }

    /** Whether a path that starts with a slash is reserved. */
    static boolean isReserved(String path) {
        if (path.startsWith(EVENT_BUS, 1)) {
            return true;
        }
        for (int i = 0; i < RESERVED.size(); i++) {
            String first = RESERVED.get(i);
            int end = 1 + first.length();
            if (path.startsWith(first, 1) && (path.length() == end || path.charAt(end) == '/')) {
                return true;
            }
        }
        return false;
    }

    /** Whether a path is served for any method, by a plan or by Muster itself. */
    private boolean serves(String path) {
        return path.startsWith("/") && (isReserved(path) || root.methods(path, path.length() == 1 ? 2 : 1) != 0);
    }

    /**
     * Whether a path is served in any spelling: as sent, or as the router normalises it, which reads {@code //v1/runs},
     * {@code /%761/runs} and {@code /x/../v1/runs} as {@code /v1/runs}. True also for a path that cannot be normalised.
     */
    boolean servesAnySpelling(String path) {
        if (serves(path)) {
            return true;
        }
        try {
            return path.startsWith("/") && serves(RFC3986.normalizePath(path));
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    private void add(Plan plan, boolean hasEffects, Problems problems) {
        Plan.Expose expose = Objects.requireNonNull(plan.expose());
        String written = "expose: " + expose.method() + " " + expose.path();
        List<String> segments = segments(expose.path());
        if (isReserved(expose.path())) {
            problems.add(plan.at(), written + ": " + RESERVED_PATHS + "; choose another path");
            return;
        }
        if (segments.contains(".") || segments.contains("..")) {
            problems.add(
                    plan.at(),
                    written + ": . and .. are resolved by clients and cannot be segments of a path; leave them out");
            return;
        }
        Endpoint endpoint = new Endpoint(plan, segments, hasEffects);
        endpoint.variables().stream()
                .filter(name -> !endpoint.binding().takesText(name))
                .forEach(name -> problems.add(
                        plan.at(),
                        written + ": the input {" + name + "} is an object, which a path cannot hold; take it from the"
                                + " body"));
        PathNode node = root;
        for (String segment : segments) {
            node = Endpoint.isVariable(segment) ? node.variable() : node.literal(segment);
        }
        Endpoint before = node.put(PathNode.method(expose.method()), endpoint);
        if (before != null) {
            problems.add(
                    plan.at(),
                    written + ": the plan \"" + before.plan().name() + "\" ("
                            + before.plan().at() + ") answers the same requests; change the method or the path of one");
        }
        mostVariables = Math.max(mostVariables, endpoint.variables().size());
    }

    /** The segments of a plan's path. */
    static List<String> segments(String path) {
        return path.equals("/") ? List.of() : List.of(path.substring(1).split("/", -1));
    }
}
