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
    static boolean isAddress(String address) {
        int end = address.lastIndexOf('.');
        return address.startsWith(PREFIX) && end > PREFIX.length() && WORDS.contains(address.substring(end + 1));
    }

    /**
     * Cancels the waiting request that a message names.
     *
     * @return whether the request is one of {@code cancellable}; true also if the message names none and was rejected
     */
    static boolean cancel(BusRequest request, CancellableRequests cancellable) {
        String name = request.header(CallConnector.CANCEL_HEADER);
        if (name == null) {
            request.fail(BusError.of(
                    wrong("cancel: the header " + CallConnector.CANCEL_HEADER + " must name the request to withdraw")));
            return true;
        }
        boolean isKnown = cancellable.withdraw(name);
        request.reply(null, Map.of());
        return isKnown;
    }

    /** Handles a message to a queue address. A waiting request can be cancelled until it is answered. */
    void act(String address, BusRequest request, CancellableRequests cancellable) {
        int end = address.lastIndexOf('.');
        act(address.substring(PREFIX.length(), end), address.substring(end + 1), request, cancellable);
    }

    /** Handles an operation on a queue. */
    void act(String name, String word, BusRequest request, CancellableRequests cancellable) {
        try {
            act(name, word, WAITING.contains(word) ? cancellable.named(request) : request);
        } catch (MusterException e) {
            request.fail(BusError.of(e));
        }
    }

    private void act(String name, String word, BusRequest request) {
        Future<Caller> known = node.offer().callers().identify(request.header(AUTHORIZATION));
        request.then(loop, known, caller -> {
            if (node.remoteQueues().isClustered() && !node.queues().has(name) && caller.mayUseQueue(name)) {
                request.then(loop, node.remoteQueues().owner(name), owner -> {
                    if (owner.isPresent()) {
                        elsewhere.forward(owner.get(), name, word, map(request), request);
                    } else {
                        here(node.queues().queue(name, caller), word, request);
                    }
                });
            } else {
                here(node.queues().queue(name, caller), word, request);
            }
        });
    }

    /** Handles a message of another node. That node has identified the caller and checked its permissions. */
    void actForPeer(String address, BusRequest request) {
        int end = address.lastIndexOf('.');
        String word = address.substring(end + 1);
        try {
            JobQueue queue = node.queues().queue(address.substring(PREFIX.length(), end), Caller.everyone());
            here(queue, word, request);
        } catch (RuntimeException e) {
            request.fail(BusError.of(e));
        }
    }

    private void here(JobQueue queue, String word, BusRequest request) {
        switch (word) {
            case "put" -> put(request, queue);
            case "take" -> take(request, queue);
            case "join" -> join(request, queue);
            case "close" ->
                request.then(
                        loop,
                        queue.close().compose(closed -> queue.status()),
                        status -> request.handOver(JobJsonWriter.status(status)));
            default -> settle(request, queue, word);
        }
    }

    private void put(BusRequest request, JobQueue queue) {
        Map<String, @Nullable Object> body = map(request);
        boolean isBatch = body.containsKey(JOBS);
        Duration wait = JobJsonReader.wait(body.remove(WAIT));
        List<NewJob> jobs = isBatch ? batch(body, JobJsonReader::job) : List.of(JobJsonReader.job(body));
        PendingRequest<List<ItemResult<PutResult>>> pending = queues().put(loop, queue, jobs, wait);
        request.bindWait(pending);
        request.then(loop, pending.future(), all -> {
            Throwable failure = all.get(0).failure();
            if (failure != null && all.stream().allMatch(put -> put.failure() != null)) {
                request.fail(BusError.of(failure));
            } else {
                request.handOver(isBatch ? JobJsonWriter.put(all) : JobJsonWriter.put(all.get(0)));
            }
        });
    }

    private void take(BusRequest request, JobQueue queue) {
        Map<String, @Nullable Object> body = map(request);
        if (!OF_TAKES.containsAll(body.keySet())) {
            throw wrong("the body must be {max?, wait?}");
        }
        int max = JobJsonReader.max(body.get("max"));
        PendingRequest<List<Job>> pending = queues().take(loop, queue, max, JobJsonReader.wait(body.get(WAIT)));
        request.bindWait(pending);
        Consumer<List<Job>> handOver = jobs -> {
            if (request.isGone()) {
                queues().giveBack(queue, jobs);
            } else {
                request.handOver(JobJsonWriter.taken(jobs, queue.settings().lease()));
            }
        };
        OnLoop.then(loop, pending.future(), handOver, failure -> request.fail(BusError.of(failure)));
    }

    private void join(BusRequest request, JobQueue queue) {
        Map<String, @Nullable Object> body = map(request);
        if (!OF_JOINS.containsAll(body.keySet())) {
            throw wrong("the body must be {wait?}");
        }
        PendingRequest<Boolean> pending = queues().join(loop, queue, JobJsonReader.wait(body.get(WAIT)));
        request.bindWait(pending);
        request.then(loop, pending.future(), joined -> request.handOver(JobJsonWriter.joined(joined)));
    }

    private void settle(BusRequest request, JobQueue queue, String word) {
        Map<String, @Nullable Object> body = map(request);
        boolean isBatch = body.containsKey(JOBS);
        List<Settle> settles = isBatch
                ? batch(body, job -> JobJsonReader.settle(word, job))
                : List.of(JobJsonReader.settle(word, body));
        request.then(loop, queues().settle(queue, settles), answers -> {
            ItemResult<Settled> first = answers.get(0);
            List<String> ids = settles.stream().map(Settle::id).toList();
            if (isBatch) {
                request.handOver(JobJsonWriter.settled(ids, answers));
            } else if (first.failure() != null) {
                request.fail(BusError.of(first.failure()));
            } else {
                request.handOver(JobJsonWriter.settled(ids.get(0), first));
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
    private static Map<String, @Nullable Object> map(BusRequest request) {
        Object body = request.body();
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        if (body instanceof Map<?, ?> entries) {
            entries.forEach((word, value) -> map.put(String.valueOf(word), value));
        } else if (body != null) {
            throw wrong("the body must be an object");
        }
        return map;
    }

    private QueueService queues() {
        return node.queues();
    }

    private static MusterException wrong(String detail) {
        return new MusterException(ErrorType.BAD_INPUT, "muster.queue: " + detail);
    }
}
