package dev.muster.dev;

import dev.muster.config.ProblemsException;
import io.vertx.core.Vertx;

/** What is put into an embedded database when it is new. */
interface Fill {

    /** Nothing. */
    Fill NONE = (vertx, uri) -> {};

    /**
     * Puts it into the database at this address. Blocks.
     *
     * @throws ProblemsException with the place in the file that the database refuses
     */
    void run(Vertx vertx, String uri) throws InterruptedException;
}
