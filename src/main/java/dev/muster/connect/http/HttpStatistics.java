package dev.muster.connect.http;

import dev.muster.connect.Receipts;
import dev.muster.connect.Slots;

/**
 * Statistics of a source.
 *
 * @param pool statistics of its connection limiter
 * @param requests number of requests sent since the start, redirects included
 * @param openRequests number of requests that have not ended
 * @param cancels outcomes of cancels
 */
public record HttpStatistics(Slots.Statistics pool, long requests, int openRequests, Receipts.Statistics cancels) {}
