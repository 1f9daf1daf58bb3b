package dev.muster.connect;

import dev.muster.config.Fields;
import dev.muster.config.Problems;
import dev.muster.config.SourceConfig;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A kind of source, such as {@code postgres}: the word that names it, which is also the verb of its steps, and the way from the settings
 * in {@code muster.yaml} to a connector. Stateless. A new kind is a package with such an object, and one line in the node's list.
 *
 * @param name the word that has the address of a source of this kind
 * @param opener creates the connector
 */
public record SourceKind(String name, Opener opener) {

    /** Creates the connector of all sources of a kind. */
    @FunctionalInterface
    public interface Opener {

        /**
         * Reads the settings of the sources and creates their connector. Opens no connection. Mistakes are added to the problems of the
         * context, and defaults take their place.
         *
         * @param sources the sources of this kind, perhaps none
         */
        Connector open(List<SourceConfig> sources, Context context);
    }

    /**
     * What connectors are built from.
     *
     * @param vertx the Vert.x of the node
     * @param blocking the pool for blocking work
     * @param conf the configuration folder, to which paths are relative
     * @param longestRun the longest deadline of a run of the saved plans
     * @param longestAdhocRun the longest deadline of a run of any plan
     * @param problems receives the problems of the settings
     */
    public record Context(
            Vertx vertx,
            WorkPool blocking,
            Path conf,
            Duration longestRun,
            Duration longestAdhocRun,
            Problems problems) {

        /** The settings of a source. */
        public Fields fields(SourceConfig source) {
            return new Fields(source.mapping(), "source " + source.name(), problems);
        }
    }
}
