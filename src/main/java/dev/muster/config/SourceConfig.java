package dev.muster.config;

/**
 * A source as {@code muster.yaml} has it, its secrets resolved.
 *
 * @param name its name
 * @param kind the one word among its words that is a kind of source, such as {@code postgres}
 * @param mapping all its words, the kind included
 * @param at where its name stands
 */
public record SourceConfig(String name, String kind, Mapping mapping, Position at) {}
