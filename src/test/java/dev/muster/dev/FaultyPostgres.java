package dev.muster.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A Postgres of its own, at one port for good, that can be stopped and started again: as it was, as a standby that only reads, or
 * with other settings. Blocks.
 */
public final class FaultyPostgres implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final PostgresRecipe recipe = new PostgresRecipe(Cache.ofUser());
    private final DataFolder folder;
    private final int port;
    private Guarded process;

    /** One with these settings, such as {@code max_connections=12}. */
    public FaultyPostgres(String... settings) throws Exception {
        port = LocalServer.freePort();
        recipe.unpack(line -> {});
        folder = DataFolder.temporary(recipe.kind());
        recipe.setUp(folder);
        process = started(settings);
    }

    /** The address of a database. */
    public String uri(String database) {
        return "postgres://" + LocalServer.USER + ":" + LocalServer.PASSWORD + "@" + LocalServer.LOOPBACK + ":" + port
                + "/" + database;
    }

    /** The address of its first database. */
    public String uri() {
        return uri(recipe.firstDatabase());
    }

    /** Hands a folder over to the server. */
    public void give(Path given) throws Exception {
        Demotion.find().give(given);
    }

    /** Stops it, cleanly. */
    public void stop() {
        process.close();
    }

    /** Starts it again. */
    public void start(String... settings) throws Exception {
        process = started(settings);
    }

    /** Starts it as a standby does whose primary is gone: it answers and only reads, until somebody calls {@code pg_promote()}. */
    public void startAsStandby() throws Exception {
        Path signal = Files.createFile(folder.data().resolve("standby.signal"));
        give(signal);
        process = started();
    }

    private Guarded started(String... settings) throws IOException, InterruptedException, Guarded.FailedException {
        List<String> command = new ArrayList<>(recipe.command(folder.data(), port));
        for (String setting : settings) {
            command.addAll(List.of("-c", setting));
        }
        Guarded started = Guarded.start(new Guarded.Plan(
                "Postgres",
                command,
                Path.of(""),
                Path.of("/dev/null"),
                "INT",
                Duration.ofSeconds(10),
                line -> recipe.isReady(line) || line.endsWith("ready to accept read-only connections")));
        try {
            started.awaitReady(LIMIT);
            return started;
        } catch (Guarded.FailedException e) {
            started.close();
            throw e;
        }
    }

    @Override
    public void close() {
        process.close();
        folder.close();
    }
}
