package dev.muster.house.samples.attic;

/** Breaks the floors: its package stands on none. */
final class Homeless {}
