package dev.muster.connect.postgres;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads the setting names in the startup parameters of a session. Besides parameters of their own there is {@code options}, in the
 * form of the server's command line: {@code -c name=value}, {@code -cname=value} and {@code --name=value}; a backslash escapes a
 * space.
 */
final class PgOptions {
    private PgOptions() {}

    /** The names of all settings that these properties set, in lower case. */
    static Set<String> names(Map<String, String> properties) {
        Set<String> names = new HashSet<>();
        properties.forEach((name, value) -> {
            if (name.equals("options")) {
                names.addAll(named(words(value)));
            } else {
                names.add(name.toLowerCase(Locale.ROOT));
            }
        });
        return names;
    }

    private static Set<String> named(List<String> words) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("-c") && i + 1 < words.size()) {
                names.add(name(words.get(++i)));
            } else if (word.startsWith("-c") || word.startsWith("--")) {
                names.add(name(word.substring(2)));
            }
        }
        return names;
    }

    /** Normalizes a name as the server does: dashes become underscores, and case is ignored. */
    private static String name(String setting) {
        int end = setting.indexOf('=');
        return (end < 0 ? setting : setting.substring(0, end)).replace('-', '_').toLowerCase(Locale.ROOT);
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        var word = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                word.append(text.charAt(++i));
            } else if (!Character.isWhitespace(c)) {
                word.append(c);
            } else if (word.length() > 0) {
                words.add(word.toString());
                word.setLength(0);
            }
        }
        if (word.length() > 0) {
            words.add(word.toString());
        }
        return words;
    }
}
