package dev.muster.dev;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** A Postgres of its own that listens at one address of this machine besides loopback, and lets in who comes from there. Blocks. */
public final class ReachablePostgres implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final PostgresRecipe recipe = new PostgresRecipe(Cache.ofUser());
    private final DataFolder folder;
    private final int port;
    private final Guarded process;

    /**
     * Starts it.
     *
     * @param host the address
     * @param network whom it lets in, such as 10.0.0.0/24; with the password
     */
    public ReachablePostgres(String host, String network) throws Exception {
        port = LocalServer.freePort();
        recipe.unpack(line -> {});
        folder = DataFolder.temporary(recipe.kind());
        recipe.setUp(folder);
        Files.writeString(
                folder.data().resolve("pg_hba.conf"),
                "host all all " + network + " scram-sha-256\n",
                StandardOpenOption.APPEND);
        var command = recipe.command(folder.data(), port);
        command.add("-c");
        command.add("listen_addresses=" + LocalServer.LOOPBACK + "," + host);
        process = Guarded.start(new Guarded.Plan(
                "Postgres",
                command,
                Path.of(""),
                Path.of("/dev/null"),
                "QUIT",
                Duration.ofSeconds(10),
                recipe::isReady));
        process.awaitReady(LIMIT);
    }

    /** The address of its only database by one of its addresses. */
    public String uri(String host) {
        return "postgres://" + LocalServer.USER + ":" + LocalServer.PASSWORD + "@" + host + ":" + port + "/"
                + recipe.firstDatabase();
    }

    @Override
    public void close() {
        process.close();
        folder.close();
    }
}
