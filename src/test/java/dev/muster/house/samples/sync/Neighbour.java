package dev.muster.house.samples.sync;

import dev.muster.house.samples.observe.Snapshot;

/** Breaks the layers: it uses a neighbour in its own layer. */
final class Neighbour {
    Snapshot snapshot = new Snapshot();
}
