package dev.muster.house.samples.run;

import dev.muster.house.samples.dev.Toy;

/** Breaks the rule that nothing uses {@code dev}. */
final class DevUser {
    Toy toy = new Toy();
}
