package dev.muster.config;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The secrets of one source. They are masked in messages of a server while a connection is established, before any data of a
 * caller is sent: otherwise a caller could test guesses by looking for masks. Immutable, and safe on any thread.
 */
public final class OwnSecrets {
    /** The secrets of a source that has none. */
    public static final OwnSecrets NONE = new OwnSecrets(Set.of());

    private final boolean isEmpty;
    private final Masking masking;

    OwnSecrets(Collection<String> secrets) {
        Set<String> forms = new HashSet<>();
        secrets.forEach(secret -> forms.addAll(SecretForms.of(secret)));
        this.isEmpty = secrets.isEmpty();
        this.masking = new Masking(forms);
    }

    /** Whether there are no secrets. */
    public boolean isEmpty() {
        return isEmpty;
    }

    /** A message of a server with {@code ***} for these secrets. Not for messages that can repeat data of a caller. */
    public String hide(String message) {
        return isEmpty ? message : masking.mask(message);
    }
}
