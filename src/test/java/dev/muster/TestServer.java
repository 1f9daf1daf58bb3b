package dev.muster;

import dev.muster.dev.DatabaseServer;
import dev.muster.dev.RemoteServer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** One server of {@link TestServers}, started when it is first asked for. Safe on every thread; blocks. */
public final class TestServer {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final String variable;
    private final TestServers.Starter starter;
    private DatabaseServer server;

    TestServer(String variable, TestServers.Starter starter) {
        this.variable = variable;
        this.starter = starter;
    }

    /** Whether it is the one that Muster embeds, and not another that the environment names. */
    public boolean isEmbedded() {
        return named().isEmpty();
    }

    /** The address of a database that all tests share; make only what no other test sees. */
    public String uri() {
        return named().orElseGet(() -> freshDatabaseNamed("shared"));
    }

    /** The address of a new, empty database, whose name is like no other's. */
    public String freshDatabase() {
        return freshDatabaseNamed("t" + ProcessHandle.current().pid() + "x" + NUMBERS.incrementAndGet());
    }

    /** Makes a database of this name, which no other test uses; its address differs from those of others by it alone. */
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
