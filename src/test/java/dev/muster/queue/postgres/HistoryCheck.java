package dev.muster.queue.postgres;

import dev.muster.queue.Job;
import dev.muster.queue.JobState;
import dev.muster.queue.JobStore.CancelVerdict;
import dev.muster.queue.JobStore.RedriveVerdict;
import dev.muster.queue.NewJob;
import dev.muster.queue.PutResult;
import dev.muster.queue.Settle;
import dev.muster.queue.Settled;
import dev.muster.queue.StoreFixture;
import dev.muster.queue.postgres.JobChanges.Change;
import dev.muster.queue.postgres.StoreHistory.Asked;
import dev.muster.queue.postgres.StoreHistory.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds a history against the changes of its jobs, both ways, job by job: each change keeps to the state machine and has an operation,
 * or the time, that explains it; each answer has the changes that it tells of. An operation that was not answered may have happened
 * or not. Times are one clock's: the server runs on this machine.
 */
final class HistoryCheck {
    private final List<Operation> operations;
    private final Map<String, List<Change>> byJob = new LinkedHashMap<>();
    private final Map<String, Change> byBody = new HashMap<>();
    private final Map<String, Change> takes = new HashMap<>();
    private final Map<String, Change> ends = new HashMap<>();
    private final Map<Long, List<Change>> byCall = new HashMap<>();
    private final Map<String, Operation> puts = new HashMap<>();
    private final Map<String, Operation> takers = new HashMap<>();
    private final Map<String, List<Said>> said = new HashMap<>();
    private final Map<String, List<Operation>> cancels = new HashMap<>();
    private final List<Operation> redrives = new ArrayList<>();
    private final Map<Integer, Integer> retries;
    private long failedTakes;
    private int questions;

    /** What was said of a lease, and the answer, if there was one. */
    private record Said(
            Operation operation, Settle settle, @Nullable Settled settled) {
        boolean mayHaveMade(Change end) {
            boolean fits = settle instanceof Settle.Ack
                    ? end.state() == JobState.DONE
                    : settle instanceof Settle.Release
                            ? end.state() == JobState.READY || end.state() == JobState.CANCELLED
                            : settle instanceof Settle.Fail
                                    && (end.state() == JobState.SCHEDULED
                                            || end.state() == JobState.DEAD
                                            || end.state() == JobState.CANCELLED);
            boolean isSo = settled == null || settled.isApplied() && settled.state() == end.state();
            return fits && isSo && !operation.begun.isAfter(end.at());
        }
    }

    /** @param retries by the number of the queue */
    HistoryCheck(List<Operation> operations, List<Change> changes, Map<Integer, Integer> retries) {
        this.operations = operations;
        this.retries = retries;
        changes.forEach(this::index);
        operations.forEach(this::index);
    }

    /** How many answers and changes were held against each other. */
    int questions() {
        return questions;
    }

    private void index(Change change) {
        byJob.computeIfAbsent(change.job(), none -> new ArrayList<>()).add(change);
        if (change.isTake()) {
            takes.put(change.lease(), change);
            byCall.computeIfAbsent(change.taken(), none -> new ArrayList<>()).add(change);
        } else if (change.endsALease()) {
            ends.put(change.oldLease(), change);
        }
    }

    private void index(Operation operation) {
        if (operation.asked instanceof Asked.Put put) {
            put.jobs().forEach(job -> puts.put(job.body(), operation));
        } else if (operation.asked instanceof Asked.Take) {
            failedTakes += operation.isAnswered() ? 0 : 1;
            for (Job job : this.<Job>list(operation)) {
                Operation before = takers.put(job.lease(), operation);
                require(before == null, job.id(), "its lease was given to two", before, operation);
            }
        } else if (operation.asked instanceof Asked.Says says) {
            for (int i = 0; i < says.settles().size(); i++) {
                Settled settled =
                        operation.isAnswered() ? this.<Settled>list(operation).get(i) : null;
                Settle settle = says.settles().get(i);
                said.computeIfAbsent(settle.lease(), none -> new ArrayList<>())
                        .add(new Said(operation, settle, settled));
            }
        } else if (operation.asked instanceof Asked.Cancel cancel) {
            cancel.ids()
                    .forEach(id -> cancels.computeIfAbsent(id, none -> new ArrayList<>())
                            .add(operation));
        } else if (operation.asked instanceof Asked.Redrive || operation.asked instanceof Asked.RedriveOne) {
            redrives.add(operation);
        }
    }

    @SuppressWarnings("unchecked") // each operation has the answers of its kind
    private <T> List<T> list(Operation operation) {
        return operation.isAnswered() ? (List<T>) operation.answer : List.of();
    }

    void check() {
        byJob.values().forEach(this::life);
        oneUnfinishedJobOfAWord();
        operations.stream().filter(Operation::isAnswered).forEach(this::answer);
        long unknown = byCall.values().stream()
                .filter(leased -> leased.stream().noneMatch(change -> takers.containsKey(change.lease())))
                .count();
        require(unknown <= failedTakes, "0", unknown + " takes that nobody has made", failedTakes);
        switches(StoreFixture.Switch.PAUSED);
        switches(StoreFixture.Switch.CLOSED);
    }

    // ---- changes

    private void life(List<Change> life) {
        JobState state = null;
        long fence = 0;
        Set<String> leases = new HashSet<>();
        for (Change change : life) {
            questions++;
            require(change.was() == state, change, "the change begins elsewhere than the one before ended");
            if (state == null) {
                put(change);
            } else if (state == change.state()) {
                require(state == JobState.LEASED, change, "it changed without changing its state");
                kept(change);
            } else {
                require(state.mayBecome(change.state()), change, "no such step in the state machine");
                step(change);
            }
            if (change.isTake()) {
                require(
                        change.fence() != null && change.fence() > fence,
                        change,
                        "its fence is not higher than before");
                require(leases.add(change.lease()), change, "it had this lease before");
                fence = change.fence();
            }
            state = change.state();
        }
    }

    private void put(Change change) {
        Operation put = puts.get(change.body());
        require(put != null, change, "nobody has put it");
        require(byBody.putIfAbsent(change.body(), change) == null, change, "it was put twice");
        require(!put.begun.isAfter(change.at()), change, "it was there before it was put");
        require(
                change.state() == JobState.READY || change.state() == JobState.SCHEDULED,
                change,
                "no state of a new job");
    }

    private void kept(Change change) {
        require(change.lease().equals(change.oldLease()), change, "another lease without an end of the one before");
        require(!change.expires().isBefore(change.oldExpires()), change, "a lease was cut short");
        require(change.cancelAsked() || !change.wasAsked(), change, "a cancel was forgotten");
        if (change.cancelAsked() && !change.wasAsked()) {
            require(cancels.containsKey(change.job()), change, "nobody has asked for its cancel");
        } else {
            require(said.containsKey(change.lease()), change, "its holder has said nothing");
        }
    }

    private void step(Change change) {
        switch (change.was()) {
            case SCHEDULED, READY -> {
                if (change.state() == JobState.CANCELLED) {
                    require(
                            cancels.getOrDefault(change.job(), List.of()).stream()
                                    .anyMatch(cancel -> !cancel.begun.isAfter(change.at())),
                            change,
                            "nobody has cancelled it");
                } else if (change.state() == JobState.READY) {
                    require(!change.due().isAfter(change.at()), change, "it is not due");
                } else {
                    require(change.due().isBefore(change.at()), change, "it was taken before it was due");
                }
            }
            case LEASED -> end(change);
            case DEAD ->
                require(
                        redrives.stream().anyMatch(redrive -> mayHaveRevived(redrive, change)),
                        change,
                        "nobody has brought it back");
            default -> require(false, change, "a finished job has changed");
        }
    }

    private void end(Change end) {
        boolean isOver = !end.oldExpires().isAfter(end.at());
        boolean byTime = isOver && end.state() != JobState.DONE && end.state() != JobState.READY;
        List<Said> words = said.getOrDefault(end.oldLease(), List.of());
        require(byTime || words.stream().anyMatch(one -> one.mayHaveMade(end)), end, "nobody has ended its lease");
        if (end.wasAsked()) {
            require(
                    end.state() == JobState.CANCELLED || end.state() == JobState.DONE,
                    end,
                    "its cancel was asked for, and it goes on");
        } else {
            require(end.state() != JobState.CANCELLED, end, "nobody has asked for its cancel");
        }
        if (end.state() == JobState.DEAD) {
            boolean gaveUp = words.stream().anyMatch(one -> one.settle() instanceof Settle.Fail fail && fail.giveUp());
            require(gaveUp || end.attempt() > retries.get(end.queue()), end, "it has tries left");
        }
    }

    private static boolean mayHaveRevived(Operation redrive, Change change) {
        boolean isItsTime =
                !redrive.begun.isAfter(change.at()) && (!redrive.isAnswered() || !redrive.ended.isBefore(change.at()));
        // A bulk redrive that was repeated after a lost answer counts only the jobs of its last attempt.
        return isItsTime
                && (redrive.asked instanceof Asked.Redrive
                        || ((Asked.RedriveOne) redrive.asked).id().equals(change.job())
                                && (!redrive.isAnswered() || redrive.answer == RedriveVerdict.REDRIVEN));
    }

    private void oneUnfinishedJobOfAWord() {
        Map<String, String> holders = new HashMap<>();
        byJob.values().stream()
                .flatMap(List::stream)
                .filter(change -> change.unique() != null)
                .sorted((a, b) -> Long.compare(a.number(), b.number()))
                .forEach(change -> {
                    String word = change.queue() + " " + change.unique();
                    if (change.state().isUnfinished()) {
                        String before = holders.putIfAbsent(word, change.job());
                        require(
                                before == null || before.equals(change.job()),
                                change,
                                "its word is job " + before + "'s");
                    } else {
                        holders.remove(word, change.job());
                    }
                });
    }

    /** The most jobs of a key that were leased at a time in a queue. */
    int mostLeasedOfAKey(int queue) {
        Map<String, Integer> leased = new HashMap<>();
        int[] most = {0};
        byJob.values().stream()
                .flatMap(List::stream)
                .filter(change -> change.queue() == queue && !change.key().isEmpty())
                .filter(change -> change.isTake() || change.endsALease())
                .sorted((a, b) -> Long.compare(a.number(), b.number()))
                .forEach(change -> {
                    int now = leased.merge(change.key(), change.isTake() ? 1 : -1, Integer::sum);
                    most[0] = Math.max(most[0], now);
                });
        return most[0];
    }

    // ---- answers

    private void answer(Operation operation) {
        questions++;
        if (operation.asked instanceof Asked.Put put) {
            for (int i = 0; i < put.jobs().size(); i++) {
                put(
                        operation,
                        put.jobs().get(i),
                        this.<PutResult>list(operation).get(i));
            }
        } else if (operation.asked instanceof Asked.Take) {
            this.<Job>list(operation).forEach(job -> taken(operation, job));
            takenTogether(operation);
        } else if (operation.asked instanceof Asked.Says says) {
            for (int i = 0; i < says.settles().size(); i++) {
                settled(
                        operation,
                        says.settles().get(i),
                        this.<Settled>list(operation).get(i));
            }
        } else if (operation.asked instanceof Asked.Cancel cancel) {
            for (int i = 0; i < cancel.ids().size(); i++) {
                cancelled(
                        operation,
                        cancel.ids().get(i),
                        this.<CancelVerdict>list(operation).get(i));
            }
        } else if (operation.asked instanceof Asked.Redrive) {
            long revived = byJob.values().stream()
                    .flatMap(List::stream)
                    .filter(change -> change.was() == JobState.DEAD && isDuring(operation, change))
                    .count();
            require(revived >= (Integer) operation.answer, "0", revived + " were brought back", operation);
        } else if (operation.asked instanceof Asked.Find find) {
            Optional<?> view = (Optional<?>) operation.answer;
            require(view.isPresent(), find.id(), "it is not found", operation);
            Job.View job = (Job.View) view.get();
            require(
                    byJob.get(find.id()).stream()
                            .anyMatch(change -> isNotAfter(operation, change)
                                    && (change.state() == job.state() || change.state() == JobState.SCHEDULED)),
                    find.id(),
                    "it was never so",
                    operation);
        }
    }

    private void put(Operation operation, NewJob job, PutResult result) {
        Change made = byBody.get(job.body());
        switch (result.verdict()) {
            case ACCEPTED -> {
                require(made != null, String.valueOf(result.id()), "it was accepted and is lost", operation);
                require(made.job().equals(result.id()), made, "it was accepted as " + result.id());
            }
            case EXISTING -> {
                require(made == null, String.valueOf(result.id()), "it exists, and was put", operation);
                Change other = byJob.get(result.id()).get(0);
                require(
                        job.unique() != null && job.unique().equals(other.unique()),
                        other,
                        "of another word " + operation);
                require(isNotAfter(operation, other), other, "it was put later " + operation);
            }
            default -> require(made == null, job.body(), "it was refused, and is there", operation);
        }
    }

    private void taken(Operation operation, Job job) {
        Change take = takes.get(job.lease());
        require(take != null, job.id(), "it was given with a lease that it never had", operation);
        boolean isSame = take.job().equals(job.id())
                && take.fence() == job.fence()
                && take.attempt() == job.attempt()
                && take.body().equals(job.body())
                && take.expires().equals(job.expires());
        require(isSame && isDuring(operation, take), take, "it was given as " + job + " " + operation);
    }

    /** What a take leased and does not tell of had run out before its answer. */
    private void takenTogether(Operation operation) {
        Set<String> given = new HashSet<>();
        Set<Long> calls = new HashSet<>();
        for (Job job : this.<Job>list(operation)) {
            given.add(job.lease());
            calls.add(takes.get(job.lease()).taken());
        }
        require(calls.size() <= 1, "0", "one take has the jobs of two", operation);
        for (Long call : calls) {
            for (Change other : byCall.get(call)) {
                require(
                        given.contains(other.lease()) || !other.expires().isAfter(operation.ended),
                        other,
                        "it was leased and not told of " + operation);
            }
        }
    }

    private void settled(Operation operation, Settle settle, Settled settled) {
        Change take = takes.get(settle.lease());
        Change end = ends.get(settle.lease());
        if (take == null) {
            require(settled.verdict() == Settled.Verdict.STALE, settle.id(), "nobody's lease was taken", operation);
            return;
        }
        switch (settled.verdict()) {
            case APPLIED -> {
                if (settled.state() == JobState.LEASED) {
                    require(
                            end == null || !end.at().isBefore(operation.begun),
                            settle.id(),
                            "its lease was over before",
                            operation);
                    require(
                            settle instanceof Settle.Extend || settle instanceof Settle.Checkpoint,
                            settle.id(),
                            "its lease should be over",
                            operation);
                } else {
                    require(end != null, settle.id(), "its outcome was answered and is lost", operation);
                    require(
                            new Said(operation, settle, settled).mayHaveMade(end)
                                    || wasSaidBefore(operation, settle, end),
                            settle.id(),
                            "something else came of it",
                            operation);
                    require(!end.at().isAfter(operation.ended), end, "it came after its answer " + operation);
                    require(
                            end.oldExpires().isAfter(operation.begun) || wasSaidBefore(operation, settle, end),
                            end,
                            "its lease had run out " + operation);
                }
            }
            case CANCEL_ASKED ->
                require(
                        byJob.get(take.job()).stream()
                                .anyMatch(change -> change.cancelAsked() && isNotAfter(operation, change)),
                        settle.id(),
                        "nobody has asked for its cancel",
                        operation);
            default ->
                require(!isValidThroughout(operation, take, end), settle.id(), "a valid lease was refused", operation);
        }
    }

    private boolean wasSaidBefore(Operation operation, Settle settle, Change end) {
        return said.get(settle.lease()).stream()
                .anyMatch(one -> one.operation() != operation
                        && one.settle().getClass() == settle.getClass()
                        && one.mayHaveMade(end));
    }

    private boolean isValidThroughout(Operation operation, Change take, @Nullable Change end) {
        Instant expires = take.expires();
        for (Change change : byJob.get(take.job())) {
            if (take.lease().equals(change.lease()) && change.at().isBefore(operation.begun)) {
                expires = change.expires();
            }
        }
        boolean isEnded = end != null && !end.at().isAfter(operation.ended);
        return take.at().isBefore(operation.begun) && !isEnded && expires.isAfter(operation.ended);
    }

    private void cancelled(Operation operation, String id, CancelVerdict verdict) {
        List<Change> life = byJob.get(id);
        boolean isSo = life.stream()
                .filter(change -> isNotAfter(operation, change))
                .anyMatch(change -> switch (verdict) {
                    case CANCELLED -> change.state() == JobState.CANCELLED;
                    case ASKED -> change.cancelAsked();
                    case FINISHED -> !change.state().isUnfinished();
                    case MISSING -> false;
                });
        require(isSo, id, "its cancel was answered with " + verdict, operation);
    }

    private static boolean isNotAfter(Operation operation, Change change) {
        return !change.at().isAfter(operation.ended);
    }

    private static boolean isDuring(Operation operation, Change change) {
        return isNotAfter(operation, change) && !change.at().isBefore(operation.begun);
    }

    /** While a switch was on for certain, it was heeded. Turns of a switch do not overlap. */
    private void switches(StoreFixture.Switch which) {
        for (int queue : retries.keySet()) {
            List<Operation> turns = operations.stream()
                    .filter(one -> one.queue == queue && one.asked instanceof Asked.Turn turn && turn.which() == which)
                    .toList();
            for (int i = 0; i < turns.size(); i++) {
                if (turns.get(i).isAnswered() && ((Asked.Turn) turns.get(i).asked).on()) {
                    Instant from = turns.get(i).ended;
                    Instant to = i + 1 < turns.size() ? turns.get(i + 1).begun : Instant.MAX;
                    operations.stream()
                            .filter(one -> one.queue == queue && one.isAnswered())
                            .filter(one -> one.begun.isAfter(from) && one.ended.isBefore(to))
                            .forEach(one -> heeds(which, one));
                }
            }
        }
    }

    private void heeds(StoreFixture.Switch which, Operation operation) {
        if (which == StoreFixture.Switch.PAUSED && operation.asked instanceof Asked.Take) {
            require(list(operation).isEmpty(), "0", "the queue is paused", operation);
        } else if (which == StoreFixture.Switch.CLOSED && operation.asked instanceof Asked.Put) {
            require(
                    this.<PutResult>list(operation).stream()
                            .allMatch(result -> result.verdict() == PutResult.Verdict.CLOSED),
                    "0",
                    "the queue is closed",
                    operation);
        }
    }

    // ---- what is wrong

    private void require(boolean holds, Change change, String what) {
        if (!holds) {
            fail(change.job(), what + ": " + change);
        }
    }

    private void require(boolean holds, String job, String what, @Nullable Object... more) {
        if (!holds) {
            var text = new StringBuilder(what);
            for (Object one : more) {
                text.append("\n  ").append(one);
            }
            fail(job, text.toString());
        }
    }

    private void fail(String job, String what) {
        var text =
                new StringBuilder("job ").append(job).append(": ").append(what).append("\nits history:");
        byJob.getOrDefault(job, List.of()).forEach(change -> text.append("\n  ").append(change));
        Set<String> leases = new HashSet<>();
        byJob.getOrDefault(job, List.of()).forEach(change -> leases.add(String.valueOf(change.lease())));
        operations.stream()
                .filter(one -> concerns(one, job, leases))
                .forEach(one -> text.append("\n  ").append(one));
        throw new AssertionError(text.toString());
    }

    private boolean concerns(Operation one, String job, Set<String> leases) {
        if (one.asked instanceof Asked.Says says) {
            return says.settles().stream().anyMatch(settle -> leases.contains(settle.lease()));
        }
        if (one.asked instanceof Asked.Take) {
            return this.<Job>list(one).stream().anyMatch(taken -> taken.id().equals(job));
        }
        if (one.asked instanceof Asked.Put put) {
            List<Change> life = byJob.getOrDefault(job, List.of());
            return !life.isEmpty()
                    && put.jobs().stream()
                            .anyMatch(put1 -> put1.body().equals(life.get(0).body()));
        }
        return one.asked instanceof Asked.Cancel cancel && cancel.ids().contains(job)
                || one.asked instanceof Asked.RedriveOne redrive && redrive.id().equals(job);
    }
}
