package dev.muster.house.samples.sync;

import dev.muster.house.samples.observe.Snapshot;

/** Breaks the floors: uses a neighbour on its own. */
final class Neighbour {
    Snapshot snapshot = new Snapshot();
}
