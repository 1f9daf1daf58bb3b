package dev.muster.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.tukaani.xz.XZInputStream;

/** The recipe for Postgres 17. Its binaries and an empty cluster are created once and cached. */
final class PostgresRecipe implements LocalServer.Recipe {
    private static final String ARCHIVE = "postgres-linux-x86_64.txz";
    private static final Path NOTHING = Path.of("/dev/null");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** The data need not survive a power failure. */
    private static final List<String> SETTINGS = List.of(
            "listen_addresses=" + LocalServer.LOOPBACK,
            "unix_socket_directories=",
            "max_connections=200",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "timezone=UTC",
            "log_timezone=UTC");

    private final Cache cache;
    private Demotion demotion = Demotion.NONE;
    private Path binaries = Path.of("");
    private Path template = Path.of("");

    PostgresRecipe(Cache cache) {
        this.cache = cache;
    }

    @Override
    public String what() {
        return "Postgres";
    }

    @Override
    public String kind() {
        return "postgres";
    }

    @Override
    public void unpack(Consumer<String> progress) throws IOException, InterruptedException, Guarded.FailedException {
        demotion = Demotion.find();
        try (Resource archive = Resource.open(ARCHIVE)) {
            binaries = cache.get("postgres-" + archive.fingerprint(), folder -> {
                progress.accept("unpacking Postgres, only once");
                try (InputStream in = archive.read()) {
                    untar(new XZInputStream(in), folder);
                }
            });
            template = cache.get("postgres-data-" + archive.fingerprint(), this::initialize)
                    .resolve("data");
        }
    }

    @Override
    public void setUp(DataFolder folder) throws IOException, InterruptedException, Guarded.FailedException {
        folder.copyFrom(template);
        demotion.give(folder.path());
    }

    @Override
    public List<String> command(Path data, int port) {
        var command = new ArrayList<>(List.of(
                binaries.resolve("bin/postgres").toString(), "-D", data.toString(), "-p", String.valueOf(port)));
        SETTINGS.forEach(setting -> command.addAll(List.of("-c", setting)));
        return demotion.before(command);
    }

    @Override
    public boolean isReady(String line) {
        return line.endsWith("database system is ready to accept connections");
    }

    @Override
    public String stopSignal() {
        return "INT";
    }

    /** {@code QUIT} instead of {@code KILL}, which would leave shared memory behind. */
    @Override
    public String dropSignal() {
        return "QUIT";
    }

    @Override
    public String firstDatabase() {
        return "postgres";
    }

    private static void untar(InputStream in, Path folder)
            throws IOException, InterruptedException, Guarded.FailedException {
        Process tar = new ProcessBuilder("tar", "-xf", "-", "-C", folder.toString())
                .redirectErrorStream(true)
                .start();
        try (OutputStream out = tar.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            throw new Guarded.FailedException("tar cannot unpack the binaries: " + e.getMessage() + " " + said(tar));
        }
        String said = said(tar);
        if (tar.waitFor() != 0) {
            throw new Guarded.FailedException("tar cannot unpack the binaries: " + said);
        }
    }

    private static String said(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    }

    private void initialize(Path folder) throws IOException, InterruptedException, Guarded.FailedException {
        Path data = Files.createDirectory(folder.resolve("data"));
        Path password = Files.writeString(folder.resolve("password"), LocalServer.PASSWORD + "\n");
        demotion.give(folder);
        List<String> command = List.of(
                binaries.resolve("bin/initdb").toString(),
                "--pgdata=" + data,
                "--username=" + LocalServer.USER,
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "--no-instructions");
        Guarded.run("initdb", demotion.before(command), Path.of(""), NOTHING, LIMIT);
    }
}
