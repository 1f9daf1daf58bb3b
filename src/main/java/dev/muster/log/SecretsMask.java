package dev.muster.log;

import dev.muster.config.Secrets;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Masks the secrets of every configuration read so far. Safe on any thread. */
public final class SecretsMask implements UnaryOperator<String> {

    private volatile @Nullable Secrets all;

    /** Adds secrets to mask. */
    public synchronized void add(Secrets secrets) {
        Secrets before = all;
        if (before != null && before != secrets) {
            secrets.include(before);
        }
        all = secrets;
    }

    @Override
    public String apply(String text) {
        Secrets known = all;
        return known == null ? text : known.mask(text);
    }
}
