package dev.muster.house.samples.attic;

/** Breaks the layers: its package is in none. */
final class Homeless {}
