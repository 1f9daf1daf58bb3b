package dev.muster.connect.http;

import dev.muster.connect.Receipts;
import dev.muster.connect.Slots;

/**
 * What can be told of a source at one moment.
 *
 * @param pool its places
 * @param requests sent since the beginning, redirects included
 * @param openRequests those that are not over
 * @param cancels how the cancels ended
 */
public record HttpStatistics(Slots.Statistics pool, long requests, int openRequests, Receipts.Statistics cancels) {}
