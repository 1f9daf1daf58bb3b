package dev.muster.dev;

import dev.muster.config.ProblemsException;
import io.vertx.core.Vertx;

/** The initial content of a new embedded database. */
interface Fill {

    /** No content. */
    Fill NONE = (vertx, uri) -> {};

    /**
     * Writes the content into the database at this address. Blocks.
     *
     * @throws ProblemsException if the database rejects the content, with the position in the file
     */
    void run(Vertx vertx, String uri) throws InterruptedException;
}
