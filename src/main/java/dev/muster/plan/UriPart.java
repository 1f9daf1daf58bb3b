package dev.muster.plan;

import java.util.Arrays;
import java.util.List;

/** A piece of a URI template. */
sealed interface UriPart {

    /** Text that stays, escaped already. */
    record Text(String text) implements UriPart {}

    /** Variables between braces. */
    record Expression(Operator operator, List<Spec> specs) implements UriPart {}

    /**
     * A variable between braces.
     *
     * @param explode whether {@code *} follows it
     * @param prefix how many characters are taken; 0 for all
     */
    record Spec(String name, boolean explode, int prefix) {}

    /** The operators, with the columns of the table in RFC 6570's appendix A. */
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
