package dev.muster.access;

import java.util.Optional;

/**
 * Statistics of the callers of a node.
 *
 * @param callers number of configured callers
 * @param issuerKeys number of keys known of the token issuer; 0 also without {@code server.jwt}
 * @param rememberedTokens number of verified tokens that are remembered, at most 1,000
 * @param checkingTokens number of tokens whose signatures are being verified or wait for verification, at most 128
 * @param keysFailure why the last attempt to fetch the issuer's keys failed; for operators of the node, not for callers
 */
public record AccessStatistics(
        int callers, int issuerKeys, int rememberedTokens, int checkingTokens, Optional<String> keysFailure) {}
