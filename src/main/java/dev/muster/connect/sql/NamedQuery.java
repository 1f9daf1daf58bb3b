package dev.muster.connect.sql;

import dev.muster.config.Position;

/**
 * A statement from a file of named queries.
 *
 * @param name the name that steps use
 * @param sql the statement
 * @param at the position of the name in the file
 */
public record NamedQuery(String name, String sql, Position at) {}
