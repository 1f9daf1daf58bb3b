package dev.muster.config;

/**
 * A section of {@code muster.yaml}.
 *
 * @param at where its name stands
 * @param content what stands under it
 */
record Section(Position at, Mapping content) {}
