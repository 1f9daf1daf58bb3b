package dev.muster.access;

import java.util.Optional;

/**
 * What there is to see of callers.
 *
 * @param callers how many are configured
 * @param issuerKeys how many keys of the tokens' issuer are there; 0 without {@code server.jwt} too
 * @param rememberedTokens how many verified tokens are remembered, at most 1,000
 * @param checkingTokens how many tokens have their signatures verified, or wait for it, at most 128
 * @param keysFailure why the issuer's keys could not be fetched the last time; for the node's own people, not for callers
 */
public record AccessStatistics(
        int callers, int issuerKeys, int rememberedTokens, int checkingTokens, Optional<String> keysFailure) {}
