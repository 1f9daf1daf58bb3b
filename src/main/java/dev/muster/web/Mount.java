package dev.muster.web;

import dev.muster.loop.Loop;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;

/** Adds routes of others to a server, behind those of the API. */
@FunctionalInterface
public interface Mount {

    /** Without any. */
    Mount NOTHING = (vertx, loop, router) -> {};

    /** Adds them to the routes of the server on this loop. */
    void on(Vertx vertx, Loop loop, Router router);
}
