package dev.muster.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.config.Node;
import dev.muster.config.ProblemsException;
import dev.muster.config.Yaml;
import dev.muster.config.YamlLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What an {@link Upstream} answers, read from a file of routes. Immutable.
 *
 * <p>The words of such a file are in {@code docs/dev.md}.
 */
public final class Routes {
    private final long seed;
    private final List<Route> routes;

    Routes(long seed, List<Route> routes) {
        this.seed = seed;
        this.routes = List.copyOf(routes);
    }

    /** A route that fits a request, with the named segments of its path. */
    record Match(Route route, Map<String, String> values) {}

    /**
     * The routes of a file, YAML or JSON.
     *
     * @throws ProblemsException with everything that is wrong in it
     */
    public static Routes read(Path file) throws ProblemsException {
        return of(Yaml.read(file, YamlLimits.DEFAULT));
    }

    /**
     * The routes that a text of YAML says.
     *
     * @param name what the text is called in problems
     * @throws ProblemsException with everything that is wrong in it
     */
    public static Routes parse(String name, String yaml) throws ProblemsException {
        return of(Yaml.read(name, yaml.getBytes(UTF_8)));
    }

    private static Routes of(Node node) throws ProblemsException {
        return RouteReader.read(node);
    }

    /** {@code GET /items/{id}} and the others, in the order of the file. */
    public List<String> names() {
        return routes.stream().map(Route::name).toList();
    }

    long seed() {
        return seed;
    }

    /** The first route that fits; a {@code HEAD} without a route of its own takes that of {@code GET}. */
    Optional<Match> find(String method, String path) {
        Optional<Match> found = first(method, path);
        return found.isEmpty() && method.equals("HEAD") ? first("GET", path) : found;
    }

    /** The methods that have a route for a path, for the header {@code Allow}. */
    String methodsOf(String path) {
        return routes.stream()
                .filter(route -> route.path().match(path).isPresent())
                .map(Route::method)
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private Optional<Match> first(String method, String path) {
        for (Route route : routes) {
            Optional<Map<String, String>> values =
                    route.method().equals(method) ? route.path().match(path) : Optional.empty();
            if (values.isPresent()) {
                return Optional.of(new Match(route, values.get()));
            }
        }
        return Optional.empty();
    }
}
