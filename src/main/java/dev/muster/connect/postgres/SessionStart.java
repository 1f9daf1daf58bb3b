package dev.muster.connect.postgres;

import dev.muster.config.Durations;
import dev.muster.config.Fields;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The startup parameters of a source's sessions, with which the server itself ends what a dead node left running: it checks the
 * connection to the client during a statement, detects a silent client, and limits the time of statements.
 *
 * <p>The parameters are part of the startup message and cost no round trip. A parameter that the address sets itself is never sent.
 * A parameter that the server or a pooler rejects is omitted from all later sessions of the source, and the log reports it once.
 * Safe on any thread.
 */
public final class SessionStart {
    private static final Logger LOG = LoggerFactory.getLogger("dev.muster.connect.postgres");

    static final String CLIENT_CHECK = "client_connection_check_interval";
    static final String STATEMENT_TIMEOUT = "statement_timeout";

    private static final Duration USUAL_CHECK = Duration.ofSeconds(2);

    /** Times in seconds, a number of probes, and a timeout in ms: a client whose network has been silent for 14 s counts as dead. */
    private static final Map<String, String> KEEP_ALIVE = Map.of(
            "tcp_keepalives_idle", Integer.toString(PgSocket.IDLE_SECONDS),
            "tcp_keepalives_interval", Integer.toString(PgSocket.INTERVAL_SECONDS),
            "tcp_keepalives_count", Integer.toString(PgSocket.PROBES),
            "tcp_user_timeout", Integer.toString(PgSocket.UNANSWERED_MILLIS));

    /**
     * SQLSTATE classes of a login rejected because of a parameter: protocol violation, unsupported feature, invalid value, and
     * unknown or forbidden parameter.
     */
    private static final Set<String> CLASSES = Set.of("08", "0A", "22", "42", "55");

    private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*");

    private final String source;
    private final String address;
    private final Map<String, String> fixed;
    private final boolean sendsTimeout;
    private final Optional<Duration> timeout;
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    /** Incremented whenever the set of rejected parameters changes. */
    private final AtomicInteger changes = new AtomicInteger();

    private SessionStart(
            String source,
            String address,
            Map<String, String> fixed,
            boolean sendsTimeout,
            Optional<Duration> timeout) {
        this.source = source;
        this.address = address;
        this.fixed = fixed;
        this.sendsTimeout = sendsTimeout;
        this.timeout = timeout;
    }

    /**
     * Reads {@code clientCheck} and {@code statementTimeout}; problems are noted.
     *
     * @param connect the source's options from its address
     * @param address the address as messages may show it
     */
    static SessionStart read(String source, Fields fields, PgConnectOptions connect, String address) {
        Duration check = millis(fields, "clientCheck").orElse(USUAL_CHECK);
        Optional<Duration> timeout = millis(fields, "statementTimeout");
        Set<String> own = PgOptions.names(connect.getProperties());
        Map<String, String> fixed = new LinkedHashMap<>();
        if (!check.isZero()) {
            fixed.put(CLIENT_CHECK, Long.toString(check.toMillis()));
        }
        fixed.putAll(KEEP_ALIVE);
        fixed.keySet().removeAll(own);
        boolean sendsTimeout = !own.contains(STATEMENT_TIMEOUT)
                && timeout.map(time -> !time.isZero()).orElse(true);
        return new SessionStart(source, address, Map.copyOf(fixed), sendsTimeout, timeout);
    }

    private static Optional<Duration> millis(Fields fields, String word) {
        Optional<Duration> time = fields.durationOrZero(word);
        if (time.isPresent() && time.get().toMillis() > Integer.MAX_VALUE) {
            fields.problem(
                    word,
                    word + " of " + fields.what() + " must be at most "
                            + Durations.format(Duration.ofHours(Integer.MAX_VALUE / 3_600_000))
                            + ", or 0 to leave it to the server");
            return Optional.empty();
        }
        return time;
    }

    /**
     * Adds the startup parameters to connect options that do not set them.
     *
     * @param longest the longest time a statement is waited for; used if the source has no {@code statementTimeout}
     */
    public PgConnectOptions options(PgConnectOptions base, Duration longest) {
        var options = new PgConnectOptions(base);
        Map<String, String> properties = new LinkedHashMap<>(wanted(longest));
        properties.putAll(base.getProperties());
        properties.keySet().removeAll(refused);
        return options.setProperties(properties);
    }

    /** All parameters, including rejected ones, because the server behind a pooler that rejected them can support them. */
    Map<String, String> wanted(Duration longest) {
        Map<String, String> wanted = new LinkedHashMap<>(fixed);
        if (sendsTimeout) {
            wanted.put(STATEMENT_TIMEOUT, millis(timeout.orElse(longest)));
        }
        return wanted;
    }

    /** Formats a time in milliseconds, at least 1, because 0 would mean no limit. */
    private static String millis(Duration time) {
        return Long.toString(Math.max(1, Math.min(time.toMillis(), Integer.MAX_VALUE)));
    }

    /**
     * Opens a session. If the login is rejected because of a parameter, it is repeated without that parameter, at most as often as
     * there are parameters.
     *
     * @param attempt opens a session with the current {@link #options}
     */
    public <C> Future<C> login(Supplier<Future<C>> attempt) {
        return login(attempt, fixed.size() + 2);
    }

    private <C> Future<C> login(Supplier<Future<C>> attempt, int tries) {
        int before = changes.get();
        return attempt.get().recover(failure -> {
            if (tries == 0 || !(failure instanceof PgException why) || !mayBeForAParameter(why)) {
                return Future.failedFuture(failure);
            }
            List<String> named = named(why);
            if (!named.isEmpty()) {
                leaveOut(named, why);
                return login(attempt, tries - 1);
            }
            // Another login could have learned in the meantime which parameter is rejected.
            return before == changes.get() ? bare(attempt, why) : login(attempt, tries - 1);
        });
    }

    private static boolean mayBeForAParameter(PgException why) {
        String code = String.valueOf(why.getSqlState());
        return code.length() == 5 && CLASSES.contains(code.substring(0, 2));
    }

    /** The parameters named in a rejection. The protocol has no field for them, but their names are the same in every language. */
    private List<String> named(PgException why) {
        Set<String> ours = names();
        return WORD.matcher(String.valueOf(why.getErrorMessage()))
                .results()
                .map(found -> found.group())
                .filter(ours::contains)
                .distinct()
                .toList();
    }

    /** Includes {@code statement_timeout}, which queues and their migrations send even if the source does not. */
    private Set<String> names() {
        Set<String> names = new HashSet<>(wanted(Duration.ZERO).keySet());
        names.add(STATEMENT_TIMEOUT);
        return names;
    }

    private void leaveOut(Collection<String> names, PgException why) {
        List<String> fresh = new ArrayList<>(names);
        fresh.removeIf(name -> !refused.add(name));
        changes.incrementAndGet();
        say(fresh, why);
    }

    private void say(List<String> names, PgException why) {
        if (!names.isEmpty()) {
            LOG.warn(
                    "source {} at {}: the server, or a pooler before it, rejects {} at the login ({}): sessions of this source"
                            + " now start without it, and a statement of a dead node can run longer",
                    source,
                    address,
                    String.join(", ", names),
                    why.getSqlState());
        }
    }

    /** Repeats the login without any parameter, because the rejection names none. If that fails too, no parameter was the cause. */
    private <C> Future<C> bare(Supplier<Future<C>> attempt, PgException why) {
        List<String> left = new ArrayList<>(names());
        left.removeIf(name -> !refused.add(name));
        changes.incrementAndGet();
        if (left.isEmpty()) {
            return Future.failedFuture(why);
        }
        return attempt.get()
                .onSuccess(begun -> say(left, why))
                .onFailure(again -> left.forEach(refused::remove))
                .recover(again -> Future.failedFuture(why));
    }

    /** Whether both send the same parameters, according to their settings. */
    public boolean says(SessionStart other) {
        return fixed.equals(other.fixed) && sendsTimeout == other.sendsTimeout && timeout.equals(other.timeout);
    }
}
