package dev.muster.queue.postgres;

import dev.muster.queue.Job;
import dev.muster.queue.JobState;
import dev.muster.queue.JobStore;
import dev.muster.queue.JobStore.CancelVerdict;
import dev.muster.queue.JobStore.RedriveVerdict;
import dev.muster.queue.NewJob;
import dev.muster.queue.PutResult;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.Settle;
import dev.muster.queue.Settled;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The conversion of operations to parameters, and of rows to results. */
final class StoreRows {

    /** An id as it is written: no other text is the id of a job. */
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");

    private static final Pattern LEASE = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final UUID NO_LEASE = new UUID(0, 0);

    private StoreRows() {}

    static Tuple configure(QueueSettings settings) {
        QueueSettings.KeyRate rate = settings.keyRate();
        return Tuple.tuple()
                .addString(settings.name())
                .addLong(settings.size())
                .addInteger(settings.bodyBytes())
                .addInteger(settings.retries())
                .addLong(micros(settings.lease()))
                .addInteger(settings.perKey().isPresent() ? settings.perKey().getAsInt() : null)
                .addLong(rate == null ? null : rate.interval().toNanos())
                .addLong(rate == null ? null : rate.ahead().toNanos())
                .addLong(micros(settings.backoff().min()))
                .addLong(micros(settings.backoff().max()))
                .addLong(micros(settings.keep().done()))
                .addLong(micros(settings.keep().dead()))
                .addLong(micros(settings.keep().cancelled()));
    }

    static Tuple put(int queue, List<NewJob> jobs, boolean tell) {
        return Tuple.tuple()
                .addInteger(queue)
                .addValue(array(jobs, job -> text(job.body()), String[]::new))
                .addValue(array(jobs, job -> orNone(job.key()), String[]::new))
                .addValue(array(jobs, job -> orNone(job.unique()), String[]::new))
                .addValue(array(jobs, job -> micros(job.delay()), Long[]::new))
                .addValue(array(jobs, NewJob::priority, Integer[]::new))
                .addBoolean(tell);
    }

    static Tuple settle(int queue, List<Settle> batch, boolean again, boolean tell) {
        return Tuple.tuple()
                .addInteger(queue)
                .addValue(array(batch, settle -> number(settle.id()), Long[]::new))
                .addValue(array(batch, settle -> lease(settle.lease()), UUID[]::new))
                .addValue(array(batch, StoreRows::verb, String[]::new))
                .addValue(array(batch, StoreRows::textOf, String[]::new))
                .addValue(array(batch, StoreRows::time, Long[]::new))
                .addBoolean(again)
                .addBoolean(tell);
    }

    static Tuple cancel(int queue, List<String> ids, boolean again) {
        return Tuple.tuple()
                .addInteger(queue)
                .addValue(array(ids, StoreRows::number, Long[]::new))
                .addBoolean(again);
    }

    static Tuple list(int queue, JobState state, @Nullable String after, int limit) {
        return Tuple.tuple()
                .addInteger(queue)
                .addString(state.word())
                .addLong(after == null ? 0L : number(after))
                .addInteger(limit)
                .addLong((long) JobStore.MAX_LISTED_CHARS);
    }

    /** Returns the number of an id or a fencing token; 0, which no job has, for any other text. */
    static long number(String text) {
        return NUMBER.matcher(text).matches() ? Long.parseLong(text) : 0;
    }

    /** Returns the lease; for any text that is not a lease, one that no job has. */
    private static UUID lease(String text) {
        return LEASE.matcher(text).matches() ? UUID.fromString(text) : NO_LEASE;
    }

    private static String verb(Settle settle) {
        if (settle instanceof Settle.Fail fail) {
            return fail.giveUp() ? "giveup" : "fail";
        }
        return settle.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String textOf(Settle settle) {
        if (settle instanceof Settle.Ack ack) {
            return text(ack.output());
        }
        if (settle instanceof Settle.Fail fail) {
            return text(fail.error());
        }
        return settle instanceof Settle.Checkpoint checkpoint ? text(checkpoint.checkpoint()) : null;
    }

    private static @Nullable Long time(Settle settle) {
        if (settle instanceof Settle.Extend extend) {
            return micros(extend.by());
        }
        return settle instanceof Settle.Fail fail && fail.retryIn() != null ? (Long) micros(fail.retryIn()) : null;
    }

    /** Replaces U+0000, which Postgres cannot store. In JSON it can only stand for its escape. */
    private static @Nullable String text(@Nullable String json) {
        return json == null || json.indexOf('\0') < 0 ? json : json.replace("\0", "\\u0000");
    }

    private static String orNone(@Nullable String word) {
        return word == null ? "" : word;
    }

    /** Returns microseconds, rounded up so that nothing happens too early. */
    static long micros(Duration duration) {
        return Math.addExact(
                Math.multiplyExact(duration.getSeconds(), 1_000_000L), (duration.getNano() + 999L) / 1_000);
    }

    private static <T, R extends @Nullable Object> Object array(
            List<T> list, Function<T, R> part, Function<Integer, Object[]> make) {
        Object[] parts = make.apply(list.size());
        for (int i = 0; i < parts.length; i++) {
            parts[i] = part.apply(list.get(i));
        }
        return parts;
    }

    // ---- results

    static <T> List<T> list(RowSet<Row> rows, Function<Row, T> read) {
        List<T> list = new ArrayList<>(rows.size());
        rows.forEach(row -> list.add(read.apply(row)));
        return list;
    }

    static PutResult putResult(Row row) {
        return switch (row.getString(0)) {
            case "accepted" -> PutResult.accepted(id(row, 1));
            case "existing" -> PutResult.existing(id(row, 1));
            case "full" -> PutResult.FULL;
            default -> PutResult.CLOSED;
        };
    }

    static Job job(Row row) {
        String key = row.getString(5);
        return new Job(
                id(row, 0),
                row.getString(1),
                row.getInteger(2),
                row.getUUID(3).toString(),
                row.getOffsetDateTime(4).toInstant(),
                key.isEmpty() ? null : key,
                row.getInteger(6),
                row.getString(7),
                row.getLong(8));
    }

    static Settled settled(Row row) {
        return switch (row.getString(0)) {
            case "applied" -> {
                Instant expires = instant(row, 2);
                yield expires == null ? Settled.to(state(row, 1)) : Settled.kept(expires);
            }
            case "cancel_asked" -> Settled.CANCEL_ASKED;
            default -> Settled.STALE;
        };
    }

    static CancelVerdict cancelVerdict(Row row) {
        return CancelVerdict.valueOf(row.getString(0).toUpperCase(Locale.ROOT));
    }

    static RedriveVerdict redriveVerdict(Row row) {
        return RedriveVerdict.valueOf(row.getString(0).toUpperCase(Locale.ROOT));
    }

    /** Reads a row whose last column is the id. */
    static Job.View view(Row row) {
        return view(id(row, 13), row);
    }

    static Optional<Job.View> view(String id, RowSet<Row> rows) {
        return list(rows, row -> view(id, row)).stream().findFirst();
    }

    private static Job.View view(String id, Row row) {
        return new Job.View(
                id,
                state(row, 0),
                row.getString(1),
                row.getInteger(2),
                row.getString(3),
                row.getString(4),
                row.getInteger(5),
                row.getOffsetDateTime(6).toInstant(),
                instant(row, 7),
                instant(row, 8),
                row.getBoolean(9),
                row.getString(10),
                row.getString(11),
                row.getString(12));
    }

    private static String id(Row row, int column) {
        return row.getLong(column).toString();
    }

    private static JobState state(Row row, int column) {
        return JobState.valueOf(row.getString(column).toUpperCase(Locale.ROOT));
    }

    private static @Nullable Instant instant(Row row, int column) {
        OffsetDateTime time = row.getOffsetDateTime(column);
        return time == null ? null : time.toInstant();
    }
}
