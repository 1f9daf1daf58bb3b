package dev.muster.plan;

import java.util.Arrays;
import java.util.List;

/** A part of a URI template. */
sealed interface UriPart {

    /** Literal text, already escaped. */
    record Text(String text) implements UriPart {}

    /** The variables of one pair of braces. */
    record Expression(Operator operator, List<Spec> specs) implements UriPart {}

    /**
     * A variable in braces.
     *
     * @param explode whether {@code *} follows the name
     * @param prefix the number of characters that are used; 0 for all
     */
    record Spec(String name, boolean explode, int prefix) {}

    /** The operators, with the columns of the table in RFC 6570, appendix A. */
    enum Operator {
        SIMPLE(' ', "", ",", false, "", false),
        RESERVED('+', "", ",", false, "", true),
        FRAGMENT('#', "#", ",", false, "", true),
        LABEL('.', ".", ".", false, "", false),
        PATH('/', "/", "/", false, "", false),
        PARAMETER(';', ";", ";", true, "", false),
        QUERY('?', "?", "&", true, "=", false),
        CONTINUATION('&', "&", "&", true, "=", false);

        final char sign;
        final String first;
        final String separator;
        final boolean named;
        final String ifEmpty;
        final boolean allowReserved;

        Operator(char sign, String first, String separator, boolean named, String ifEmpty, boolean allowReserved) {
            this.sign = sign;
            this.first = first;
            this.separator = separator;
            this.named = named;
            this.ifEmpty = ifEmpty;
            this.allowReserved = allowReserved;
        }

        static Operator of(char sign) {
            return Arrays.stream(values())
                    .filter(operator -> operator != SIMPLE && operator.sign == sign)
                    .findFirst()
                    .orElse(SIMPLE);
        }
    }
}
