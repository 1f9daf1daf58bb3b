package dev.muster.house.samples.json;

/** Breaks nothing: stands on the ground. */
public final class AllowedJson {}
