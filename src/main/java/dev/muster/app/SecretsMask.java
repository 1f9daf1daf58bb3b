package dev.muster.app;

import dev.muster.config.Secrets;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Masks the secrets of every configuration that was read, the earlier ones too. Safe on every thread. */
final class SecretsMask implements UnaryOperator<String> {

    private volatile @Nullable Secrets all;

    /** Masks these from now on too. */
    synchronized void add(Secrets secrets) {
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
