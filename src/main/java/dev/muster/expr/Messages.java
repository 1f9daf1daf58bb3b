package dev.muster.expr;

/** Messages that paths and CEL expressions share, so that both fail with the same text. */
final class Messages {

    private Messages() {}

    static String missingKey(String key) {
        return "there is no key '" + brief(key)
                + "'; if it can be missing, test with has(x.key) or use x.?key.orValue(…)";
    }

    static String missingIndex(String index) {
        return "there is no element " + index + "; elements are counted from 0, and size(list) is their number";
    }

    static String noFields(String field) {
        return "cannot take '." + field + "': the value before it is not a map";
    }

    static String noElements() {
        return "[ ] takes a whole number after a list, or a key after a map";
    }

    static String notFinite(String number) {
        return "the result holds " + number + ", which JSON cannot express";
    }

    /** The first 200 chars of a text that can contain a caller's values. */
    static String brief(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }
}
