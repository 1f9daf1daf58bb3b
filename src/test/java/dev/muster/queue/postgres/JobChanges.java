package dev.muster.queue.postgres;

import dev.muster.queue.JobState;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a trigger of the test notes of each change of a job: the witness that no function of the schema can talk to. */
final class JobChanges {
    static final String TABLE = "create table public.change (number bigint generated always as identity,"
            + " at timestamptz default clock_timestamp(), job bigint, queue integer, was text, state text, attempt integer,"
            + " fence bigint, lease uuid, old_lease uuid, expires timestamptz, old_expires timestamptz, due timestamptz,"
            + " taken bigint, cancel_asked boolean, was_asked boolean, key text, unique_word text, body text, checkpoint text)";
    static final String FUNCTION = "create function public.note_change() returns trigger language plpgsql as $$ begin"
            + " insert into public.change (job, queue, was, state, attempt, fence, lease, old_lease, expires, old_expires, due,"
            + " taken, cancel_asked, was_asked, key, unique_word, body, checkpoint)"
            + " values (new.id, new.queue, old.state, new.state, new.attempt, new.fence, new.lease, old.lease, new.expires,"
            + " old.expires, new.due, new.taken, new.cancel_asked, old.cancel_asked, new.key, new.unique_word, new.body,"
            + " new.checkpoint); return null; end $$";
    static final String TRIGGER = "create trigger note_change after insert or update on muster.job for each row"
            + " execute function public.note_change()";
    static final String ALL = "select number, at, job, queue, was, state, attempt, fence, lease, old_lease, expires,"
            + " old_expires, due, taken, cancel_asked, coalesce(was_asked, false), key, unique_word, body, checkpoint"
            + " from public.change order by number";

    private JobChanges() {}

    /**
     * One change; those of a job in their order by number.
     *
     * @param was null for a job that was put
     */
    record Change(
            long number,
            Instant at,
            String job,
            int queue,
            @Nullable JobState was,
            JobState state,
            int attempt,
            @Nullable Long fence,
            @Nullable String lease,
            @Nullable String oldLease,
            @Nullable Instant expires,
            @Nullable Instant oldExpires,
            Instant due,
            @Nullable Long taken,
            boolean cancelAsked,
            boolean wasAsked,
            String key,
            @Nullable String unique,
            String body,
            @Nullable String checkpoint) {

        boolean isTake() {
            return state == JobState.LEASED && was != JobState.LEASED;
        }

        boolean endsALease() {
            return was == JobState.LEASED && state != JobState.LEASED;
        }
    }

    static Change of(Row row) {
        String was = row.getString(4);
        return new Change(
                row.getLong(0),
                row.getOffsetDateTime(1).toInstant(),
                row.getLong(2).toString(),
                row.getInteger(3),
                was == null ? null : state(was),
                state(row.getString(5)),
                row.getInteger(6),
                row.getLong(7),
                text(row.getUUID(8)),
                text(row.getUUID(9)),
                instant(row.getOffsetDateTime(10)),
                instant(row.getOffsetDateTime(11)),
                row.getOffsetDateTime(12).toInstant(),
                row.getLong(13),
                row.getBoolean(14),
                row.getBoolean(15),
                row.getString(16),
                row.getString(17),
                row.getString(18),
                row.getString(19));
    }

    private static JobState state(String word) {
        return JobState.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private static @Nullable String text(@Nullable UUID lease) {
        return lease == null ? null : lease.toString();
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
