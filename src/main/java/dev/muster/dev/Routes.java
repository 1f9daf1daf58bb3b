package dev.muster.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.config.ProblemsException;
import dev.muster.config.Yaml;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The routes of an {@link Upstream}, read from a file. Immutable.
 *
 * <p>The format is described in {@code docs/dev.md}.
 */
public final class Routes {
    private final long seed;
    private final List<Route> routes;

    Routes(long seed, List<Route> routes) {
        this.seed = seed;
        this.routes = List.copyOf(routes);
    }

    /** A matching route with the named segments of the path. */
    record Match(Route route, Map<String, String> values) {}

    /**
     * Reads the routes of a YAML or JSON file.
     *
     * @throws ProblemsException with all problems of the file
     */
    public static Routes read(Path file) throws ProblemsException {
        return RouteReader.read(Yaml.read(file, Yaml.Limits.DEFAULT));
    }

    /**
     * Parses the routes of a YAML text.
     *
     * @param name the name of the text in problems
     * @throws ProblemsException with all problems of the text
     */
    public static Routes parse(String name, String yaml) throws ProblemsException {
        return RouteReader.read(Yaml.read(name, yaml.getBytes(UTF_8)));
    }

    /** The names of the routes, such as {@code GET /items/{id}}, in file order. */
    public List<String> names() {
        return routes.stream().map(Route::name).toList();
    }

    long seed() {
        return seed;
    }

    /** The first matching route. A {@code HEAD} request without a matching route uses that of {@code GET}. */
    Optional<Match> find(String method, String path) {
        Optional<Match> found = first(method, path);
        return found.isEmpty() && method.equals("HEAD") ? first("GET", path) : found;
    }

    /** The methods that have a route for a path, for the {@code Allow} header. */
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
