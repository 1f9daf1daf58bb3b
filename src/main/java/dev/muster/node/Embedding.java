package dev.muster.node;

import dev.muster.config.SourceConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The servers behind {@code embedded} sources; they live and die with this process.
 *
 * <p>A command calls {@link #kinds} when it reads the configuration, {@link #start} at most once, on a thread that can
 * block and that a cancel interrupts, and {@link #close} in every case.
 */
public interface Embedding extends AutoCloseable {

    /** The embedding of the production jar: none. */
    Embedding NONE = new Embedding() {
        @Override
        public Set<String> kinds() {
            return Set.of();
        }

        @Override
        public String placeholder(SourceConfig source) {
            throw new IllegalStateException("embedded servers are not supported here: " + source.at());
        }

        @Override
        public Map<String, String> start(List<SourceConfig> sources, Consumer<String> progress) {
            throw new IllegalStateException("embedded servers are not supported here");
        }

        @Override
        public void close() {}

        @Override
        public void kill() {}
    };

    /** The kinds of sources that can be {@code embedded}, such as {@code postgres}. */
    Set<String> kinds();

    /**
     * A placeholder for the address of a source during checks, valid for the settings of its kind. Nothing is started,
     * and nothing connects to it.
     */
    String placeholder(SourceConfig source);

    /**
     * Starts the servers of these sources concurrently and waits until all are ready. Blocks.
     *
     * @param sources the embedded sources, at least one
     * @param progress receives progress lines for people, such as {@code "starting Postgres"}, on any thread
     * @return the address of each source by its name, in the form used in {@code muster.yaml}
     * @throws dev.muster.plan.MusterException of type {@code unavailable} with the cause; nothing is left running then
     * @throws InterruptedException soon after the thread is interrupted; nothing is left running then
     */
    Map<String, String> start(List<SourceConfig> sources, Consumer<String> progress) throws InterruptedException;

    /** Stops the servers and waits for them within bounds. Does nothing if none runs. */
    @Override
    void close();

    /** Kills the server processes at once without waiting, for the exit after a second signal. Safe on any thread. */
    void kill();
}
