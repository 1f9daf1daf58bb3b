package dev.muster.connect.mongo;

import dev.muster.connect.Receipts;
import dev.muster.connect.Slots;

/**
 * What can be told of a source at one moment.
 *
 * @param slots its places
 * @param commands commands that were sent for steps
 * @param openCommands of these, the ones without an answer yet
 * @param openCursors cursors that are open on the server
 * @param unconfirmed cancels that the server had not confirmed in time, so that the connection was closed
 * @param cancels how the cancels ended
 */
public record MongoStatistics(
        Slots.Statistics slots,
        long commands,
        int openCommands,
        int openCursors,
        long unconfirmed,
        Receipts.Statistics cancels) {}
