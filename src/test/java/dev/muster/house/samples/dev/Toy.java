package dev.muster.house.samples.dev;

/** Stands for an embedded database. */
public final class Toy {}
