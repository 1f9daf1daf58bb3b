package dev.muster.house.samples.connect;

import dev.muster.house.samples.queue.postgres.Store;

/** Breaks the floors: uses a sub-package that stands higher than its parent. */
public final class Sideways {
    Store store = new Store();
}
