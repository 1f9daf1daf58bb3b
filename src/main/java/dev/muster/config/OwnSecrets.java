package dev.muster.config;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The secrets of one source. They are hidden in what a server says while a connection is made, before anything that a caller
 * sent is on its way: nobody learns from a mask whether it has guessed right. Immutable.
 */
public final class OwnSecrets {
    /** Of a source that has none. */
    public static final OwnSecrets NONE = new OwnSecrets(Set.of());

    private final boolean isEmpty;
    private final Masking masking;

    OwnSecrets(Collection<String> secrets) {
        Set<String> forms = new HashSet<>();
        secrets.forEach(secret -> forms.addAll(SecretForms.of(secret)));
        this.isEmpty = secrets.isEmpty();
        this.masking = new Masking(forms);
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return isEmpty;
    }

    /** What a server said, with {@code ***} for these. Never for words that may repeat what a caller sent. */
    public String hide(String said) {
        return isEmpty ? said : masking.mask(said);
    }
}
