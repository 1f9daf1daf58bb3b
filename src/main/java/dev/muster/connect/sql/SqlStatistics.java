package dev.muster.connect.sql;

import dev.muster.connect.Receipts;
import dev.muster.connect.Slots;

/**
 * What can be told of a source at one moment.
 *
 * @param pool places, each for a connection
 * @param statements sent since the beginning
 * @param cancelled statements that were ended on the server, since the beginning
 * @param closed connections that were closed because it was not sure that they could be used again, since the beginning
 * @param cancels how the cancels ended
 */
public record SqlStatistics(
        Slots.Statistics pool, long statements, long cancelled, long closed, Receipts.Statistics cancels) {}
