package dev.muster.house.samples.connect;

import dev.muster.house.samples.queue.postgres.Store;

/** Breaks the layers: it uses a sub-package in a higher layer than its parent. */
public final class Sideways {
    Store store = new Store();
}
