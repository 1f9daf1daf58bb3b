package dev.muster.house.samples.json;

/** Breaks no rule: it is in the lowest layer. */
public final class AllowedJson {}
