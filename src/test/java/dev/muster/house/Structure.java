package dev.muster.house;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.LaunchingConnector;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.MethodEntryEvent;
import com.sun.jdi.request.EventRequest;
import com.sun.jdi.request.MethodEntryRequest;
import dev.muster.Main;
import dev.muster.TestServers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Prints the figures of the structure of {@code src/main/java}, each beside its bound, and exits with 1 if a figure is above its bound.
 * Package descriptions count as lines, not as files.
 *
 * <p>The last figure is the number of our own top-level classes whose code, or that of a class nested in them, runs while a node answers a {@code GET} for one row of Postgres, after
 * some requests of the same kind. A debugger interface of the JDK reports them; they are listed with {@code --list}.
 */
final class Structure {

    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path CLASSES = Path.of("target/classes");
    private static final int SMALL_FILE_LINES = 40;
    private static final int LARGE_PACKAGE_FILES = 45;
    private static final int WARM_UPS = 50;
    private static final Pattern LOCAL = Pattern.compile(".*\\$[0-9].*");

    private Structure() {}

    public static void main(String[] args) throws Exception {
        Map<String, Integer> bounds = bounds();
        Map<String, Long> figures = new LinkedHashMap<>();
        List<Path> files = files();
        figures.put("lines", lines(SOURCES));
        figures.put("files", (long) files.size());
        figures.put("types", types());
        figures.put(
                "files under 40 lines",
                files.stream().filter(Structure::isSmall).count());
        figures.put("packages with more than 45 files", largePackages(files));
        Set<String> onTheWay = classesOfOneGet();
        figures.put("own classes on the way of a GET of one row", (long) onTheWay.size());
        if (List.of(args).contains("--list")) {
            onTheWay.forEach(System.out::println);
        }
        boolean isWithin = true;
        for (Map.Entry<String, Long> figure : figures.entrySet()) {
            int bound = bounds.get(figure.getKey());
            boolean fits = figure.getValue() <= bound;
            isWithin &= fits;
            System.out.printf(
                    "%-45s %6d  at most %6d%s%n", figure.getKey(), figure.getValue(), bound, fits ? "" : "  TOO MANY");
        }
        System.exit(isWithin ? 0 : 1);
    }

    /** The bounds of {@code scripts/structure.bounds}: a figure, a colon, a number. */
    private static Map<String, Integer> bounds() throws IOException {
        return Files.readAllLines(Path.of("scripts/structure.bounds")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split(":", 2))
                .collect(Collectors.toMap(parts -> parts[0].strip(), parts -> Integer.valueOf(parts[1].strip())));
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(SOURCES)) {
            return all.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> !path.endsWith("package-info.java"))
                    .toList();
        }
    }

    private static long lines(Path sources) throws IOException {
        try (Stream<Path> all = Files.walk(sources)) {
            return all.filter(path -> path.toString().endsWith(".java"))
                    .mapToLong(Structure::linesOf)
                    .sum();
        }
    }

    private static boolean isSmall(Path file) {
        return linesOf(file) < SMALL_FILE_LINES;
    }

    private static long linesOf(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The types with a name, nested ones too, as they were compiled. */
    private static long types() throws IOException {
        try (Stream<Path> all = Files.walk(CLASSES)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.startsWith("package-info"))
                    .filter(name -> !LOCAL.matcher(name).matches())
                    .count();
        }
    }

    private static long largePackages(List<Path> files) {
        return files.stream().collect(Collectors.groupingBy(Path::getParent, Collectors.counting())).values().stream()
                .filter(count -> count > LARGE_PACKAGE_FILES)
                .count();
    }

    private static Set<String> classesOfOneGet() throws Exception {
        Path dir = Files.createTempDirectory("structure");
        VirtualMachine node = null;
        try {
            configure(dir);
            node = launch(dir);
            Thread log = drained(node.process().inputReader());
            URI row = URI.create("http://127.0.0.1:" + port(node.process().errorReader()) + "/row/1");
            for (int i = 0; i < WARM_UPS; i++) {
                get(row);
            }
            Set<String> classes = entered(node, row);
            log.interrupt();
            return classes;
        } finally {
            if (node != null) {
                node.process().destroyForcibly().waitFor();
            }
            delete(dir);
        }
    }

    private static void configure(Path dir) throws IOException, InterruptedException {
        Files.createDirectories(dir.resolve("plans"));
        Files.writeString(
                dir.resolve("muster.yaml"),
                "server: {host: 127.0.0.1, port: 0, workers: 1}\nsources:\n  db: {postgres: '"
                        + TestServers.postgres().freshDatabase() + "'}\n");
        Files.writeString(dir.resolve("plans/row.yaml"), """
                plan: row
                input: {id: integer}
                expose: GET /row/{id}
                steps:
                  row: {postgres: db, sql: 'select $1::bigint as id, 1 as n', params: [= input.id], rows: one}
                output: = row
                """);
    }

    private static VirtualMachine launch(Path dir) throws Exception {
        LaunchingConnector connector = Bootstrap.virtualMachineManager().defaultConnector();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        arguments.get("options").setValue("-cp " + System.getProperty("java.class.path"));
        arguments.get("main").setValue(Main.class.getName() + " serve --conf " + dir);
        arguments.get("suspend").setValue("true");
        VirtualMachine node = connector.launch(arguments);
        node.resume();
        return node;
    }

    private static Thread drained(BufferedReader lines) {
        var thread = new Thread(() -> lines.lines().forEach(line -> {}), "output of the node");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** The port in the line that the node prints when it serves; the lines after it are drained. */
    private static String port(BufferedReader lines) throws IOException {
        var seen = new ArrayList<String>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("muster serves ")) {
                drained(lines);
                return line.substring(line.lastIndexOf(':') + 1);
            }
            seen.add(line);
        }
        throw new IllegalStateException("the node does not serve: " + String.join("\n", seen));
    }

    private static void get(URI uri) throws IOException, InterruptedException {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IllegalStateException(response.statusCode() + " " + response.body());
        }
    }

    private static Set<String> entered(VirtualMachine node, URI uri) throws Exception {
        MethodEntryRequest entries = node.eventRequestManager().createMethodEntryRequest();
        entries.addClassFilter("dev.muster.*");
        entries.setSuspendPolicy(EventRequest.SUSPEND_NONE);
        entries.enable();
        get(uri);
        entries.disable();
        var classes = new TreeSet<String>();
        for (EventSet events = node.eventQueue().remove(500);
                events != null;
                events = node.eventQueue().remove(500)) {
            for (Event event : events) {
                if (event instanceof MethodEntryEvent entry) {
                    classes.add(entry.method().declaringType().name().replaceFirst("\\$.*", ""));
                }
            }
            events.resume();
        }
        return classes;
    }

    private static void delete(Path dir) throws IOException {
        try (Stream<Path> all = Files.walk(dir)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
