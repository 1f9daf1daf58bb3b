package dev.muster.house.samples.dev;

/** A stand-in for an embedded database. */
public final class Toy {}
