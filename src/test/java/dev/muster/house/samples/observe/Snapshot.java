package dev.muster.house.samples.observe;

/** Stands for something that a neighbour may not see. */
public final class Snapshot {}
