package dev.muster.dev;

import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that somebody else runs: its databases made here are dropped by {@link #close}, it goes on. */
public final class RemoteServer implements DatabaseServer {
    private static final Pattern URI = Pattern.compile("([a-z0-9+]+://[^/?]+)(/[^?]*)?(\\?.*)?");

    private final String uri;
    private final Matcher parts;
    private final List<String> made = new CopyOnWriteArrayList<>();

    /** At this address, whose user may make databases. */
    public RemoteServer(String uri) {
        this.uri = uri;
        this.parts = URI.matcher(uri);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "not an address of a database: KIND://[USER:PASSWORD@]HOST[:PORT]/DATABASE");
        }
    }

    @Override
    public String uri(String database) {
        String options = parts.group(3) == null ? "" : parts.group(3);
        if (isMongo() && parts.group(1).contains("@") && !options.contains("authSource=")) {
            options += (options.isEmpty() ? "?" : "&") + "authSource=admin";
        }
        return parts.group(1) + "/" + database + options;
    }

    @Override
    public boolean create(String database) throws InterruptedException {
        if (isMongo()) {
            return true;
        }
        boolean isNew = withVertx(vertx -> SqlLink.create(vertx, uri, database));
        if (isNew) {
            made.add(database);
        }
        return isNew;
    }

    @Override
    public void keep(String database) {}

    @Override
    public void drop(String database) throws InterruptedException {
        if (!isMongo()) {
            withVertx(vertx -> {
                SqlLink.drop(vertx, uri, database);
                return true;
            });
        }
    }

    @Override
    public void close() {
        for (String database : made) {
            try {
                drop(database);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public void kill() {}

    private boolean isMongo() {
        return uri.startsWith("mongodb");
    }

    private interface Work {
        boolean with(Vertx vertx) throws InterruptedException;
    }

    private static boolean withVertx(Work work) throws InterruptedException {
        Vertx vertx = EmbeddedServices.oneLoop();
        try {
            return work.with(vertx);
        } finally {
            vertx.close();
        }
    }
}
