package dev.muster.house.samples.expr;

import dev.muster.house.samples.run.Combiner;

/** Breaks the layers: an expression uses runs. */
final class Upward {
    Combiner combiner = new Combiner();
}
