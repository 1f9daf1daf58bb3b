package dev.muster.connect.sql;

import dev.muster.config.Position;

/**
 * A statement of a file of named queries.
 *
 * @param name by which steps call it
 * @param sql the statement
 * @param at where its name stands
 */
public record NamedQuery(String name, String sql, Position at) {}
