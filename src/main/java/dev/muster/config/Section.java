package dev.muster.config;

/**
 * A section of {@code muster.yaml}.
 *
 * @param at the position of the section's name
 * @param content the entries of the section
 */
record Section(Position at, Mapping content) {}
