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
 * The endpoints of exposed plans, as a tree of path segments. Immutable; any thread may look.
 *
 * <p>A path is taken as it was sent, raw and without its query. At each place a literal segment comes before a variable; where the
 * literal leads nowhere for this method, the variable is tried. A trailing slash is another path. A variable takes one segment,
 * not an empty one and not {@code .} or {@code ..}. The paths that are Muster's own never match.
 */
public final class Endpoints {

    private static final NoPath NO_PATH = new NoPath();
    private static final int[] NO_STARTS = {};

    private final PathNode root = new PathNode();
    private int mostVariables;

    private Endpoints() {}

    /** What there is for a request. */
    public sealed interface Found {}

    /**
     * A plan answers.
     *
     * @param plan that plan
     * @param binding what makes its input of the request
     * @param values of the path's variables, decoded
     */
    public record Match(Plan plan, InputBinding binding, Map<String, String> values) implements Found {}

    /**
     * A plan would answer, but a value in the path cannot be read.
     *
     * @param plan that plan
     * @param detail what is wrong with which value
     */
    public record Malformed(Plan plan, String detail) implements Found {}

    /** No plan has this path. */
    public record NoPath() implements Found {}

    /**
     * Plans have this path, but by other methods.
     *
     * @param allowed those, for the header {@code Allow}; HEAD beside a GET that changes nothing
     */
    public record OtherMethods(List<String> allowed) implements Found {}

    /**
     * The endpoints of plans; those without {@code expose} have none. Notes plans that answer the same request, paths that
     * are Muster's own or that no client can send, and variables that no text can become.
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
     * What there is for a request.
     *
     * @param method as it was sent; HEAD finds what GET finds, unless that may change something
     * @param path raw, without the query
     * @return {@link Malformed} too if the value of a variable is not percent-encoded UTF-8, or has a NUL
     */
    public Found find(String method, String path) {
        if (!path.startsWith("/") || ReservedPaths.has(path)) {
            return NO_PATH;
        }
        int from = path.length() == 1 ? 2 : 1;
        int index = HttpMethods.index(method);
        if (index >= 0) {
            int[] starts = mostVariables == 0 ? NO_STARTS : new int[mostVariables];
            Endpoint found = root.find(index, path, from, starts, 0);
            if (found != null && !(found.hasEffects() && method.equals("HEAD"))) {
                return found.match(path, starts);
            }
        }
        int methods = root.methods(path, from);
        return methods == 0 ? NO_PATH : new OtherMethods(HttpMethods.named(methods));
    }

    /** Whether anything is at a path, by whatever method: a plan, or what is Muster's own. */
    private boolean answers(String path) {
        return path.startsWith("/") && (ReservedPaths.has(path) || root.methods(path, path.length() == 1 ? 2 : 1) != 0);
    }

    /**
     * Whether anything is at a path as it was sent, or as the router reads it, which takes {@code //v1/runs}, {@code /%761/runs} and
     * {@code /x/../v1/runs} for {@code /v1/runs}; true of what that cannot read.
     */
    boolean answersAnySpelling(String path) {
        if (answers(path)) {
            return true;
        }
        try {
            return path.startsWith("/") && answers(RFC3986.normalizePath(path));
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    private void add(Plan plan, boolean hasEffects, Problems problems) {
        Plan.Expose expose = Objects.requireNonNull(plan.expose());
        String written = "expose: " + expose.method() + " " + expose.path();
        List<String> segments = segments(expose.path());
        if (ReservedPaths.has(expose.path())) {
            problems.add(plan.at(), written + ": " + ReservedPaths.describe() + "; choose another path");
            return;
        }
        if (segments.contains(".") || segments.contains("..")) {
            problems.add(plan.at(), written + ": clients resolve . and .. before they send a path; leave them out");
            return;
        }
        Endpoint endpoint = new Endpoint(plan, segments, hasEffects);
        endpoint.variables().stream()
                .filter(name -> !endpoint.binding().takesText(name))
                .forEach(name -> problems.add(
                        plan.at(),
                        written + ": the input {" + name + "} is an object, which a path cannot say; take it from the"
                                + " body"));
        PathNode node = root;
        for (String segment : segments) {
            node = Endpoint.isVariable(segment) ? node.variable() : node.literal(segment);
        }
        Endpoint before = node.put(HttpMethods.index(expose.method()), endpoint);
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
