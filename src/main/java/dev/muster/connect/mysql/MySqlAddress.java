package dev.muster.connect.mysql;

import dev.muster.config.Suggest;
import dev.muster.text.Utf8;
import io.vertx.mysqlclient.SslMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address and credentials of a server: {@code mysql://user:password@host:port/database?sslMode=required}, or the same with
 * {@code mariadb://}. The parts are percent-encoded, as in every URI.
 *
 * @param database the default database; empty if statements must name their database
 * @param ssl whether the connection is encrypted and what is verified
 */
record MySqlAddress(String host, int port, String user, String password, Optional<String> database, SslMode ssl) {
    private static final int PORT = 3306;
    private static final String USER = "root";
    private static final Pattern URI = Pattern.compile("(?:mysql|mariadb)://(?:([^:@/?#]*)(?::([^@/?#]*))?@)?"
            + "(\\[[0-9A-Fa-f:.%]+]|[^:@/?#\\[\\]]+)(?::(\\d{1,5}))?(?:/([^/?#]*))?(?:\\?([^#]*))?");
    private static final String SSL = "sslMode";

    /**
     * Parses an address.
     *
     * @throws IllegalArgumentException if the address is invalid; the message never contains the user or the password
     */
    static MySqlAddress parse(String text) {
        Matcher parts = URI.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("must be an address such as mysql://user@host:3306/database");
        }
        String host = decoded(parts.group(3), "host");
        return new MySqlAddress(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                port(parts.group(4)),
                parts.group(1) == null ? USER : decoded(parts.group(1), "user"),
                parts.group(2) == null ? "" : decoded(parts.group(2), "password"),
                Optional.ofNullable(parts.group(5))
                        .filter(name -> !name.isEmpty())
                        .map(name -> decoded(name, "database")),
                ssl(parts.group(6)));
    }

    String authority() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** The address without user and password. */
    @Override
    public String toString() {
        return "mysql://" + authority() + database.map(name -> "/" + name).orElse("");
    }

    private static int port(String digits) {
        if (digits == null) {
            return PORT;
        }
        int port = Integer.parseInt(digits);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("must have a port from 1 to 65535");
        }
        return port;
    }

    private static SslMode ssl(String query) {
        SslMode mode = SslMode.PREFERRED;
        if (query == null) {
            return mode;
        }
        for (String word : query.split("&", -1)) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (name.equals(SSL) || name.equals("ssl-mode")) {
                mode = mode(decoded(word.substring(equals + 1), SSL));
            } else if (!name.isEmpty()) {
                throw new IllegalArgumentException("may have " + SSL + " after the '?', and nothing else"
                        + (name.matches("[A-Za-z0-9_.-]{1,40}") ? ", not " + name : ""));
            }
        }
        return mode;
    }

    private static SslMode mode(String text) {
        String word = text.toLowerCase(Locale.ROOT).replace('-', '_');
        List<String> known =
                Arrays.stream(SslMode.values()).map(mode -> mode.value).toList();
        if (!known.contains(word)) {
            throw new IllegalArgumentException("has an " + SSL + " that is not one of " + String.join(", ", known)
                    + Suggest.didYouMean(word, new ArrayList<>(known)));
        }
        return SslMode.of(word);
    }

    private static String decoded(String text, String what) {
        var bytes = new java.io.ByteArrayOutputStream(text.length());
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] != '%') {
                bytes.write(raw[i]);
                continue;
            }
            int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
            int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw new IllegalArgumentException(
                        "has a '%' in its " + what + " without two hexadecimal digits after it");
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        try {
            return Utf8.decode(bytes.toByteArray());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("has a " + what + " whose escapes are not UTF-8", e);
        }
    }
}
