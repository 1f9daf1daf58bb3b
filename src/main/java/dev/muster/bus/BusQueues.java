package dev.muster.bus;

import dev.muster.access.Caller;
import dev.muster.connect.call.CallConnector;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.ItemResult;
import dev.muster.queue.Job;
import dev.muster.queue.JobQueue;
import dev.muster.queue.NewJob;
import dev.muster.queue.PutResult;
import dev.muster.queue.Settle;
import dev.muster.queue.Settled;
import dev.muster.service.JobJsonReader;
import dev.muster.service.JobJsonWriter;
import dev.muster.service.OnLoop;
import dev.muster.service.PendingRequest;
import dev.muster.service.QueueService;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Handles messages to {@code muster.queue.{name}.put} and the other queue addresses, from peers, bridge clients and other nodes.
 * Runs on its loop.
 */
final class BusQueues {

    /** The last parts of queue addresses: the operations. */
    static final List<String> WORDS = List.of("put", "take", "ack", "fail", "extend", "release", "close", "join");

    static final String PREFIX = "muster.queue.";

    /** The address for cancels of waiting requests. */
    static final String CANCEL = PREFIX + "cancel";

    /** The operations that can wait. */
    private static final Set<String> WAITING = Set.of("put", "take", "join");

    private static final String AUTHORIZATION = "authorization";
    private static final String JOBS = "jobs";
    private static final String WAIT = "wait";
    private static final Set<String> OF_BATCHES = Set.of(JOBS, WAIT);
    private static final Set<String> OF_TAKES = Set.of("max", WAIT);
    private static final Set<String> OF_JOINS = Set.of(WAIT);

    private final BusNode node;
    private final Loop loop;
    private final QueuesElsewhere elsewhere;

    BusQueues(BusNode node, Loop loop) {
        this.node = node;
        this.loop = loop;
        this.elsewhere = new QueuesElsewhere(node.remoteQueues(), loop);
    }

    static String address(String queue, String word) {
        return PREFIX + queue + "." + word;
    }

    /** Whether this is the address of a queue operation; the queue need not exist. */
    static boolean isOne(String address) {
        int end = address.lastIndexOf('.');
        return address.startsWith(PREFIX) && end > PREFIX.length() && WORDS.contains(address.substring(end + 1));
    }

    /**
     * Cancels the waiting request that a message names.
     *
     * @return whether the request is one of {@code withdrawals}; true also if the message names none and was rejected
     */
    static boolean cancel(BusRequest asker, CancellableRequests withdrawals) {
        String name = asker.header(CallConnector.CANCEL_HEADER);
        if (name == null) {
            asker.fail(BusError.of(
                    wrong("cancel: the header " + CallConnector.CANCEL_HEADER + " must name the request to withdraw")));
            return true;
        }
        boolean isKnown = withdrawals.withdraw(name);
        asker.reply(null, Map.of());
        return isKnown;
    }

    /** Handles a message to a queue address. A waiting request can be cancelled until it is answered. */
    void act(String address, BusRequest asker, CancellableRequests withdrawals) {
        int end = address.lastIndexOf('.');
        act(address.substring(PREFIX.length(), end), address.substring(end + 1), asker, withdrawals);
    }

    /** Handles an operation on a queue. */
    void act(String name, String word, BusRequest asker, CancellableRequests withdrawals) {
        try {
            act(name, word, WAITING.contains(word) ? withdrawals.named(asker) : asker);
        } catch (MusterException e) {
            asker.fail(BusError.of(e));
        }
    }

    private void act(String name, String word, BusRequest asker) {
        Future<Caller> known = node.offer().callers().identify(asker.header(AUTHORIZATION));
        then(asker, known, caller -> {
            if (node.remoteQueues().isClustered() && !node.queues().has(name) && caller.mayUseQueue(name)) {
                then(asker, node.remoteQueues().owner(name), owner -> {
                    if (owner.isPresent()) {
                        elsewhere.ask(owner.get(), name, word, map(asker), asker);
                    } else {
                        here(node.queues().queue(name, caller), word, asker);
                    }
                });
            } else {
                here(node.queues().queue(name, caller), word, asker);
            }
        });
    }

    /** Handles a message of another node. That node has identified the caller and checked its permissions. */
    void actForPeer(String address, BusRequest asker) {
        int end = address.lastIndexOf('.');
        String word = address.substring(end + 1);
        try {
            JobQueue queue = node.queues().queue(address.substring(PREFIX.length(), end), Caller.everyone());
            here(queue, word, asker);
        } catch (RuntimeException e) {
            asker.fail(BusError.of(e));
        }
    }

    private void here(JobQueue queue, String word, BusRequest asker) {
        switch (word) {
            case "put" -> put(asker, queue);
            case "take" -> take(asker, queue);
            case "join" -> join(asker, queue);
            case "close" ->
                then(
                        asker,
                        queue.close().compose(closed -> queue.status()),
                        status -> asker.handOver(JobJsonWriter.status(status)));
            default -> settle(asker, queue, word);
        }
    }

    private void put(BusRequest asker, JobQueue queue) {
        Map<String, @Nullable Object> body = map(asker);
        boolean isBatch = body.containsKey(JOBS);
        Duration wait = JobJsonReader.wait(body.remove(WAIT));
        List<NewJob> jobs = isBatch ? batch(body, JobJsonReader::job) : List.of(JobJsonReader.job(body));
        PendingRequest<List<ItemResult<PutResult>>> answer = queues().put(loop, queue, jobs, wait);
        asker.waits(answer);
        then(asker, answer.future(), all -> {
            Throwable failure = all.get(0).failure();
            if (failure != null && all.stream().allMatch(one -> one.failure() != null)) {
                asker.fail(BusError.of(failure));
            } else {
                asker.handOver(isBatch ? JobJsonWriter.put(all) : JobJsonWriter.put(all.get(0)));
            }
        });
    }

    private void take(BusRequest asker, JobQueue queue) {
        Map<String, @Nullable Object> body = map(asker);
        if (!OF_TAKES.containsAll(body.keySet())) {
            throw wrong("the body must be {max?, wait?}");
        }
        int max = JobJsonReader.max(body.get("max"));
        PendingRequest<List<Job>> answer = queues().take(loop, queue, max, JobJsonReader.wait(body.get(WAIT)));
        asker.waits(answer);
        Consumer<List<Job>> handOver = jobs -> {
            if (asker.isGone()) {
                queues().giveBack(queue, jobs);
            } else {
                asker.handOver(JobJsonWriter.taken(jobs, queue.settings().lease()));
            }
        };
        OnLoop.then(loop, answer.future(), handOver, failure -> asker.fail(BusError.of(failure)));
    }

    private void join(BusRequest asker, JobQueue queue) {
        Map<String, @Nullable Object> body = map(asker);
        if (!OF_JOINS.containsAll(body.keySet())) {
            throw wrong("the body must be {wait?}");
        }
        PendingRequest<Boolean> answer = queues().join(loop, queue, JobJsonReader.wait(body.get(WAIT)));
        asker.waits(answer);
        then(asker, answer.future(), joined -> asker.handOver(JobJsonWriter.joined(joined)));
    }

    private void settle(BusRequest asker, JobQueue queue, String word) {
        Map<String, @Nullable Object> body = map(asker);
        boolean isBatch = body.containsKey(JOBS);
        List<Settle> settles = isBatch
                ? batch(body, one -> JobJsonReader.settle(word, one))
                : List.of(JobJsonReader.settle(word, body));
        then(asker, queues().settle(queue, settles), answers -> {
            ItemResult<Settled> first = answers.get(0);
            List<String> ids = settles.stream().map(Settle::id).toList();
            if (isBatch) {
                asker.handOver(JobJsonWriter.settled(ids, answers));
            } else if (first.failure() != null) {
                asker.fail(BusError.of(first.failure()));
            } else {
                asker.handOver(JobJsonWriter.settled(ids.get(0), first));
            }
        });
    }

    private static <T> List<T> batch(Map<String, @Nullable Object> body, Function<@Nullable Object, T> read) {
        if (!OF_BATCHES.containsAll(body.keySet())) {
            throw wrong("next to jobs only wait is allowed");
        }
        return JobJsonReader.eachOf(body.get(JOBS), read);
    }

    /** The body as a map that the caller of this method owns; an absent body is an empty map. */
    private static Map<String, @Nullable Object> map(BusRequest asker) {
        Object body = asker.body();
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        if (body instanceof Map<?, ?> given) {
            given.forEach((word, value) -> map.put(String.valueOf(word), value));
        } else if (body != null) {
            throw wrong("the body must be an object");
        }
        return map;
    }

    private QueueService queues() {
        return node.queues();
    }

    /** Passes the result of a future to {@code next} unless the sender has left; replies with the failure otherwise. */
    private <T> void then(BusRequest asker, Future<T> future, Consumer<? super T> next) {
        Consumer<T> whileAsked = result -> {
            if (!asker.isGone()) {
                next.accept(result);
            }
        };
        OnLoop.then(loop, future, whileAsked, failure -> asker.fail(BusError.of(failure)));
    }

    private static MusterException wrong(String detail) {
        return new MusterException(ErrorType.BAD_INPUT, "muster.queue: " + detail);
    }
}
