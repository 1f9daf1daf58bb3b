package dev.muster.dev;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A Postgres or MariaDB server in a child process. */
final class LocalServer implements DatabaseServer {
    /** The administrator's name and password. The port is reachable from this machine only. */
    static final String USER = "muster";

    static final String PASSWORD = "muster";

    static final String LOOPBACK = "127.0.0.1";

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    private static final Duration DROP_PATIENCE = Duration.ofSeconds(2);
    private static final int PORTS_TRIED = 3;

    private final Recipe recipe;
    private final DataFolder folder;
    private final Guarded process;
    private final int port;
    private final Vertx vertx = EmbeddedServices.oneLoop();

    private LocalServer(Recipe recipe, DataFolder folder, Guarded process, int port) {
        this.recipe = recipe;
        this.folder = folder;
        this.process = process;
        this.port = port;
    }

    /**
     * Starts a server and waits until it accepts connections.
     *
     * @param lasting the folder that keeps the data; if empty, the data is in a temporary folder
     * @param progress receives a line for people if a step takes seconds
     * @throws MusterException of type {@code unavailable} with the server's output; nothing is left running then
     */
    static LocalServer start(Recipe recipe, Optional<Path> lasting, Consumer<String> progress)
            throws InterruptedException {
        @Nullable DataFolder folder = null;
        try {
            recipe.unpack(progress);
            folder = lasting.isPresent()
                    ? DataFolder.lasting(recipe.kind(), lasting.get())
                    : DataFolder.temporary(recipe.kind());
            return start(recipe, folder);
        } catch (IOException | Guarded.FailedException e) {
            close(folder);
            throw new MusterException(
                    ErrorType.UNAVAILABLE, "embedded " + recipe.what() + " does not start: " + text(e), e);
        } catch (InterruptedException | RuntimeException e) {
            close(folder);
            throw e;
        }
    }

    private static LocalServer start(Recipe recipe, DataFolder folder)
            throws IOException, InterruptedException, Guarded.FailedException {
        if (!Files.isDirectory(folder.data())) {
            recipe.setUp(folder);
        }
        for (int tried = 1; ; tried++) {
            int port = freePort();
            Guarded process = Guarded.start(new Guarded.Plan(
                    recipe.what(),
                    recipe.command(folder.data(), port),
                    folder.removable(),
                    Path.of("/dev/null"),
                    folder.isLasting() ? recipe.stopSignal() : recipe.dropSignal(),
                    folder.isLasting() ? STOP_PATIENCE : DROP_PATIENCE,
                    recipe::isReady));
            try {
                process.awaitReady(START_LIMIT);
                return new LocalServer(recipe, folder, process, port);
            } catch (Guarded.FailedException e) {
                if (tried == PORTS_TRIED || !recipe.isPortTaken(process.said())) {
                    process.close();
                    throw e;
                }
            } catch (InterruptedException | RuntimeException e) {
                process.close();
                throw e;
            }
        }
    }

    @Override
    public String uri(String database) {
        return recipe.kind() + "://" + USER + ":" + PASSWORD + "@" + LOOPBACK + ":" + port + "/" + database;
    }

    @Override
    public boolean create(String database) throws InterruptedException {
        if (folder.isKept(database)) {
            return false;
        }
        if (!SqlLink.create(vertx, uri(recipe.firstDatabase()), database)) {
            drop(database);
            SqlLink.create(vertx, uri(recipe.firstDatabase()), database);
        }
        return true;
    }

    @Override
    public void keep(String database) {
        folder.keep(database);
    }

    @Override
    public void drop(String database) throws InterruptedException {
        SqlLink.drop(vertx, uri(recipe.firstDatabase()), database);
    }

    @Override
    public void close() {
        process.close();
        folder.close();
        vertx.close();
    }

    @Override
    public void kill() {
        process.release();
    }

    /** Finds a loopback port that is free now. Another process can take it at any time afterwards. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void close(@Nullable DataFolder folder) {
        if (folder != null) {
            folder.close();
        }
    }

    private static String text(Exception e) {
        return e instanceof Guarded.FailedException ? String.valueOf(e.getMessage()) : e.toString();
    }

    /** Sets up and runs one kind of server from the binaries in the jar. */
    interface Recipe {

        /** The name for people. */
        String what();

        /** The word for this kind in configuration, addresses and folder names. */
        String kind();

        /**
         * Unpacks the binaries unless they are already unpacked on this machine. Must be called before the other methods.
         *
         * @param progress receives a line for people if a step takes seconds
         */
        void unpack(Consumer<String> progress) throws IOException, InterruptedException, Guarded.FailedException;

        /** Creates the data of an empty server in a folder without data. */
        void setUp(DataFolder folder) throws IOException, InterruptedException, Guarded.FailedException;

        /** The command that runs the server in the foreground. */
        List<String> command(Path data, int port);

        /** Whether this line of output reports that the server accepts connections. */
        boolean isReady(String line);

        /** Whether this output reports that the port is in use. */
        default boolean isPortTaken(String output) {
            return output.contains("Address already in use");
        }

        /** The signal that stops the server and keeps the data consistent. */
        String stopSignal();

        /** The signal that stops the server quickly, if its data is not needed. */
        String dropSignal();

        /** A database that always exists. */
        String firstDatabase();
    }
}
