package dev.muster.house.samples.observe;

/** A class that a neighbour in the same layer must not use. */
public final class Snapshot {}
