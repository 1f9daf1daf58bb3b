package dev.muster.connect.sql;

import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.Receipts;

/**
 * A snapshot of an SQL source.
 *
 * @param pool the connection limiter, with one slot for each connection
 * @param statements statements sent since the start
 * @param cancelled statements ended early on the server since the start
 * @param closed connections closed since the start because they were not known to be reusable
 * @param cancels outcomes of the cancels
 */
public record SqlStatistics(
        ConnectionLimiter.Statistics pool, long statements, long cancelled, long closed, Receipts.Statistics cancels) {}
