package dev.muster.dev;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The embedded Postgres with the durability that it has by default and that tests do without: for figures that mean something. */
public final class DurablePostgres {

    /** The last word on a setting holds. */
    private static final List<String> SETTINGS = List.of("fsync=on", "synchronous_commit=on", "full_page_writes=on");

    private DurablePostgres() {}

    /** Starts one that lives and dies with this process. */
    public static DatabaseServer start() throws InterruptedException {
        return LocalServer.start(
                new Durable(new PostgresRecipe(Cache.ofUser())), Optional.empty(), System.err::println);
    }

    private record Durable(PostgresRecipe usual) implements Recipe {
        @Override
        public String what() {
            return usual.what();
        }

        @Override
        public String kind() {
            return usual.kind();
        }

        @Override
        public void unpack(Consumer<String> progress)
                throws IOException, InterruptedException, Guarded.FailedException {
            usual.unpack(progress);
        }

        @Override
        public void setUp(DataFolder folder) throws IOException, InterruptedException, Guarded.FailedException {
            usual.setUp(folder);
        }

        @Override
        public List<String> command(Path data, int port) {
            var command = new ArrayList<>(usual.command(data, port));
            SETTINGS.forEach(setting -> command.addAll(List.of("-c", setting)));
            return command;
        }

        @Override
        public boolean isReady(String line) {
            return usual.isReady(line);
        }

        @Override
        public String stopSignal() {
            return usual.stopSignal();
        }

        @Override
        public String dropSignal() {
            return usual.dropSignal();
        }

        @Override
        public String firstDatabase() {
            return usual.firstDatabase();
        }
    }
}
