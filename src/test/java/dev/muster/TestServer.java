package dev.muster;

import dev.muster.dev.DatabaseServer;
import dev.muster.dev.RemoteServer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** One server of {@link TestServers}, started on first use. Safe on any thread; blocks. */
public final class TestServer {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final String variable;
    private final TestServers.Starter starter;
    private DatabaseServer server;

    TestServer(String variable, TestServers.Starter starter) {
        this.variable = variable;
        this.starter = starter;
    }

    /** Whether this is the server that Muster embeds, and not one that the environment names. */
    public boolean isEmbedded() {
        return named().isEmpty();
    }

    /** Returns the address of a database that all tests share. A test must create only objects that no other test sees. */
    public String uri() {
        return named().orElseGet(() -> freshDatabaseNamed("shared"));
    }

    /** Returns the address of a new, empty database with a unique name. */
    public String freshDatabase() {
        return freshDatabaseNamed("t" + ProcessHandle.current().pid() + "x" + NUMBERS.incrementAndGet());
    }

    /** Creates a database of this name, which no other test uses. Its address differs from other addresses only in the name. */
    public void make(String name) {
        freshDatabaseNamed(name);
    }

    private Optional<String> named() {
        return Optional.ofNullable(System.getenv(variable)).filter(uri -> !uri.isEmpty());
    }

    private String freshDatabaseNamed(String name) {
        try {
            DatabaseServer started = started();
            if (started.create(name)) {
                started.keep(name);
            }
            return started.uri(name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private synchronized DatabaseServer started() throws InterruptedException {
        if (server == null) {
            Optional<String> named = named();
            server = named.isPresent() ? new RemoteServer(named.get()) : starter.start();
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        }
        return server;
    }
}
