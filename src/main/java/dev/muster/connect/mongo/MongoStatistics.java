package dev.muster.connect.mongo;

import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.Receipts;

/**
 * Statistics of a source.
 *
 * @param slots statistics of its connection limiter
 * @param commands number of commands sent for steps
 * @param openCommands number of these without a response yet
 * @param openCursors number of cursors open on the server
 * @param unconfirmed number of cancels that the server did not confirm in time, so that the connection was closed
 * @param cancels outcomes of cancels
 */
public record MongoStatistics(
        ConnectionLimiter.Statistics slots,
        long commands,
        int openCommands,
        int openCursors,
        long unconfirmed,
        Receipts.Statistics cancels) {}
