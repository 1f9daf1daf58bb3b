package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/** Producers that put jobs over HTTP, and know which of them were confirmed; as many as they are allowed. */
final class ConfirmedPuts implements AutoCloseable {
    private static final int PRODUCERS = 4;

    private final IntSupplier port;
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Long> confirmed = new ArrayList<>();
    private int allowed;
    private int begun;
    private int failed;
    private boolean closed;

    /** Of nodes of which each put asks for one. */
    ConfirmedPuts(IntSupplier port) {
        this.port = port;
        for (int i = 0; i < PRODUCERS; i++) {
            var thread = new Thread(this::produce, "producer-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    /** Lets so many more be confirmed. */
    synchronized void allow(int more) {
        allowed += more;
        notifyAll();
    }

    synchronized void awaitConfirmed(int jobs) throws InterruptedException {
        while (confirmed.size() < jobs) {
            wait();
        }
    }

    synchronized List<Long> confirmed() {
        return List.copyOf(confirmed);
    }

    /** Puts that had no answer, or a refusal: their jobs may be there or not. */
    synchronized int unconfirmed() {
        return failed;
    }

    @Override
    public void close() throws InterruptedException {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
    }

    private void produce() {
        try {
            for (int number = next(); number > 0; number = next()) {
                answered(put(number));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized int next() throws InterruptedException {
        while (!closed && begun - failed >= allowed) {
            wait();
        }
        return closed ? 0 : ++begun;
    }

    private synchronized void answered(long id) {
        if (id < 0) {
            failed++;
        } else {
            confirmed.add(id);
        }
        notifyAll();
    }

    private long put(int number) throws InterruptedException {
        try {
            URI uri = URI.create("http://127.0.0.1:" + port.getAsInt() + "/v1/queues/jobs/jobs");
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(uri)
                            .timeout(Duration.ofSeconds(30))
                            .POST(BodyPublishers.ofString("{\"body\": {\"n\": " + number + "}}"))
                            .build(),
                    BodyHandlers.ofString());
            if (answer.statusCode() != 201) {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
                return -1;
            }
            return Long.parseLong((String) ((Map<?, ?>) Json.parse(answer.body())).get("id"));
        } catch (IOException e) {
            return -1;
        }
    }
}
