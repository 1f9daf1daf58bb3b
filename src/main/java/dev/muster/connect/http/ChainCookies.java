package dev.muster.connect.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The cookies of one chain of redirects (RFC 6265). Cookies that a response sets are sent with the next requests of the chain
 * and forgotten at its end. Runs on the loop of the call.
 *
 * <p>The rules are stricter than a browser's: a cookie goes only to the origin that set it, whatever its {@code Domain} says. A
 * cookie beyond {@value #MAX_COOKIE_CHARS} characters is ignored. Beyond {@value #MAX_COOKIES} cookies, or
 * {@value #MAX_CHARS} characters in all, the oldest cookies are dropped.
 */
final class ChainCookies {

    private static final int MAX_COOKIES = 50;
    private static final int MAX_COOKIE_CHARS = 4_096;
    private static final int MAX_CHARS = 16_384;

    private static final Pattern MAX_AGE = Pattern.compile("-?[0-9]+");
    private static final Pattern TIME = Pattern.compile("([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[^0-9].*)?");
    private static final Pattern DAY = Pattern.compile("([0-9]{1,2})(?:[^0-9].*)?");
    private static final Pattern YEAR = Pattern.compile("([0-9]{2,4})(?:[^0-9].*)?");
    private static final Pattern DELIMITERS = Pattern.compile("[\\t -/;-@\\[-`{-~]+");
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

    private record Cookie(Address origin, String name, String value, String path) {

        boolean isSame(Cookie other) {
            return name.equals(other.name) && path.equals(other.path) && origin.isSameOrigin(other.origin);
        }

        boolean goesTo(Address to) {
            String target = to.path();
            return origin.isSameOrigin(to)
                    && target.startsWith(path)
                    && (target.length() == path.length() || path.endsWith("/") || target.charAt(path.length()) == '/');
        }

        int chars() {
            return name.length() + value.length();
        }

        @Override
        public String toString() {
            return name + "=" + value;
        }
    }

    private final List<Cookie> cookies = new ArrayList<>();
    private final Address first;
    private final List<String> own = new ArrayList<>();

    /** Creates the cookies of a chain that begins with a request, which can have a cookie header of its own. */
    ChainCookies(HttpRequest request) {
        first = request.address();
        for (String header : request.headers().getAll(HttpHeaders.COOKIE)) {
            for (String pair : header.split(";", -1)) {
                if (!pair.isBlank()) {
                    own.add(pair.strip());
                }
            }
        }
    }

    /** Stores or deletes cookies by the {@code Set-Cookie} headers of a response. */
    void set(Address from, List<String> headers, Instant now) {
        headers.forEach(header -> set(from, header, now));
        int chars = cookies.stream().mapToInt(Cookie::chars).sum();
        while (cookies.size() > MAX_COOKIES || chars > MAX_CHARS) {
            chars -= cookies.remove(0).chars();
        }
    }

    /** Sets the header {@code Cookie} of the chain's next request. */
    void addTo(MultiMap headers, Address to) {
        if (!first.isSameOrigin(to)) {
            // Credentials belong to the origin that they were written for. After a hop to another origin they stay
            // deleted.
            own.clear();
        }
        List<Cookie> wanted = cookies.stream()
                .filter(cookie -> cookie.goesTo(to))
                .sorted(Comparator.comparingInt(cookie -> -cookie.path().length()))
                .toList();
        var pairs = new ArrayList<String>();
        for (String pair : own) {
            if (wanted.stream().noneMatch(cookie -> cookie.name().equals(name(pair)))) {
                pairs.add(pair);
            }
        }
        wanted.forEach(cookie -> pairs.add(cookie.toString()));
        headers.remove(HttpHeaders.COOKIE);
        if (!pairs.isEmpty()) {
            headers.set(HttpHeaders.COOKIE, String.join("; ", pairs));
        }
    }

    private void set(Address from, String header, Instant now) {
        String[] parts = header.split(";", -1);
        int equals = parts[0].indexOf('=');
        String name = equals < 0 ? "" : parts[0].substring(0, equals).strip();
        String value = parts[0].substring(equals + 1).strip();
        if (name.isEmpty() || name.length() + value.length() > MAX_COOKIE_CHARS || !Headers.isValue(name + value)) {
            return;
        }
        String path = "";
        String domain = "";
        String expires = "";
        String maxAge = "";
        boolean secure = false;
        for (int i = 1; i < parts.length; i++) {
            int at = parts[i].indexOf('=');
            String attribute = at < 0 ? "" : parts[i].substring(at + 1).strip();
            String word = at < 0 ? parts[i] : parts[i].substring(0, at);
            switch (word.strip().toLowerCase(Locale.ROOT)) {
                case "path" -> path = attribute;
                case "domain" -> domain = attribute.toLowerCase(Locale.ROOT);
                case "expires" -> expires = attribute;
                case "max-age" -> maxAge = attribute;
                case "secure" -> secure = true;
                default -> {
                    // HttpOnly, SameSite and the like concern browsers only.
                }
            }
        }
        if (!isOf(from.host(), domain) || secure && !from.secure()) {
            return;
        }
        var cookie = new Cookie(from, name, value, path.startsWith("/") ? path : folder(from.path()));
        put(cookie, isOver(maxAge, expires, now));
    }

    private void put(Cookie cookie, boolean isOver) {
        int known = 0;
        while (known < cookies.size() && !cookies.get(known).isSame(cookie)) {
            known++;
        }
        if (isOver) {
            if (known < cookies.size()) {
                cookies.remove(known);
            }
            if (first.isSameOrigin(cookie.origin())) {
                own.removeIf(pair -> name(pair).equals(cookie.name()));
            }
        } else if (known < cookies.size()) {
            cookies.set(known, cookie);
        } else {
            cookies.add(cookie);
        }
    }

    /** Whether a host may set cookies for a domain (RFC 6265, 5.1.3). */
    private static boolean isOf(String host, String domain) {
        String named = domain.startsWith(".") ? domain.substring(1) : domain;
        return named.isEmpty() || host.equals(named) || host.endsWith("." + named) && IpText.parse(host) == null;
    }

    private static String folder(String path) {
        return path.substring(0, Math.max(1, path.lastIndexOf('/')));
    }

    private static String name(String pair) {
        int equals = pair.indexOf('=');
        return equals < 0 ? pair : pair.substring(0, equals).strip();
    }

    /**
     * Whether a cookie with these attributes has expired on arrival: a server deletes a cookie in this way (RFC 6265). An attribute is empty if absent; {@code Max-Age} takes precedence
     * over {@code Expires}; malformed values are ignored.
     */
    private static boolean isOver(String maxAge, String expires, Instant now) {
        if (MAX_AGE.matcher(maxAge).matches()) {
            return maxAge.startsWith("-") || maxAge.chars().allMatch(c -> c == '0');
        }
        Instant at = instant(expires);
        return at != null && !at.isAfter(now);
    }

    /** Parses a date by the lenient rules of RFC 6265, 5.1.1; null if the text is no date. */
    private static @Nullable Instant instant(String date) {
        String time = null;
        String day = null;
        String year = null;
        int month = 0;
        for (String token : DELIMITERS.split(date, -1)) {
            String start = token.substring(0, Math.min(3, token.length())).toLowerCase(Locale.ROOT);
            if (time == null && TIME.matcher(token).matches()) {
                time = token;
            } else if (day == null && DAY.matcher(token).matches()) {
                day = token;
            } else if (month == 0 && MONTHS.contains(start)) {
                month = MONTHS.indexOf(start) + 1;
            } else if (year == null && YEAR.matcher(token).matches()) {
                year = token;
            }
        }
        if (time == null || day == null || month == 0 || year == null) {
            return null;
        }
        Matcher clock = TIME.matcher(time);
        int years = first(YEAR, year);
        int full = years < 70 ? years + 2_000 : years < 100 ? years + 1_900 : years;
        try {
            return clock.matches() && full >= 1601
                    ? LocalDateTime.of(
                                    full, month, first(DAY, day), number(clock, 1), number(clock, 2), number(clock, 3))
                            .toInstant(ZoneOffset.UTC)
                    : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static int first(Pattern pattern, String token) {
        Matcher matcher = pattern.matcher(token);
        return matcher.matches() ? number(matcher, 1) : 0;
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }
}
