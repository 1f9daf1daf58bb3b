package dev.muster.connect.http;

import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.Receipts;

/**
 * Statistics of a source.
 *
 * @param pool statistics of its connection limiter
 * @param requests number of requests sent since the start, redirects included
 * @param openRequests number of requests that have not ended
 * @param cancels outcomes of cancels
 */
public record HttpStatistics(
        ConnectionLimiter.Statistics pool, long requests, int openRequests, Receipts.Statistics cancels) {}
