package dev.muster.config;

/**
 * The configuration of a source, with its secrets resolved. Immutable.
 *
 * @param name the name
 * @param kind the kind, such as {@code postgres}: the one entry whose name is a kind
 * @param mapping all entries, the kind included
 * @param at the position of the name
 */
public record SourceConfig(String name, String kind, Mapping mapping, Position at) {}
