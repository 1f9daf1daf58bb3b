package dev.muster.house.samples.expr;

import dev.muster.house.samples.run.Combiner;

/** Breaks the floors: an expression that knows of runs. */
final class Upward {
    Combiner combiner = new Combiner();
}
