package dev.muster.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A Postgres of its own that keeps what it has confirmed, and can be killed and started again at the same port. Blocks. */
public final class CrashingPostgres implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int TRIES = 100;

    /** As servers of users are: those of tests may forget what they said before they were killed. */
    private static final List<String> SAFE = List.of(
            "-c",
            "synchronous_commit=on",
            "-c",
            "full_page_writes=on",
            "-c",
            "wal_level=minimal",
            "-c",
            "max_wal_senders=0");

    private final PostgresRecipe recipe = new PostgresRecipe(Cache.ofUser());
    private final DataFolder folder;
    private final int port;
    private Guarded process;

    public CrashingPostgres() throws Exception {
        port = LocalServer.freePort();
        recipe.unpack(line -> {});
        folder = DataFolder.temporary(recipe.kind());
        recipe.setUp(folder);
        process = start();
    }

    /** The address of its only database. */
    public String uri() {
        return "postgres://" + LocalServer.USER + ":" + LocalServer.PASSWORD + "@" + LocalServer.LOOPBACK + ":" + port
                + "/" + recipe.firstDatabase();
    }

    /** Kills all of it, as {@code kill -9} does, and starts it again. */
    public void crash() throws Exception {
        String first =
                Files.readAllLines(folder.data().resolve("postmaster.pid")).get(0);
        ProcessHandle postmaster =
                ProcessHandle.of(Long.parseLong(first.strip())).orElseThrow();
        // So that it makes no other process between the look at those that it has and its end.
        new ProcessBuilder("kill", "-STOP", first.strip()).start().waitFor();
        List<ProcessHandle> all = new ArrayList<>(List.of(postmaster));
        postmaster.descendants().forEach(all::add);
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle one : all) {
            one.onExit().join();
        }
        process.close();
        process = start();
    }

    private Guarded start() throws IOException, InterruptedException, Guarded.FailedException {
        List<String> command = new ArrayList<>(recipe.command(folder.data(), port));
        command.addAll(SAFE);
        for (int tried = 1; ; tried++) {
            Guarded started = Guarded.start(new Guarded.Plan(
                    "Postgres",
                    command,
                    Path.of(""),
                    Path.of("/dev/null"),
                    "QUIT",
                    Duration.ofSeconds(10),
                    recipe::isReady));
            try {
                started.awaitReady(LIMIT);
                return started;
            } catch (Guarded.FailedException e) {
                started.close();
                // The last of those that were killed may hold on to their memory for a moment.
                if (tried == TRIES || !started.said().contains("in use")) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        process.close();
        folder.close();
    }
}
