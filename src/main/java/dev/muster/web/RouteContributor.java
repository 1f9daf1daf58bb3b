package dev.muster.web;

import dev.muster.loop.Loop;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;

/** Adds further routes to a server, after those of the API. */
@FunctionalInterface
public interface RouteContributor {

    /** Adds no routes. */
    RouteContributor NOTHING = (vertx, loop, router) -> {};

    /** Adds routes to the router of the server on this loop. */
    void on(Vertx vertx, Loop loop, Router router);
}
