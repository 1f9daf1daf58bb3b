package dev.muster.node;

import static dev.muster.Soon.soon;

import dev.muster.access.Caller;
import dev.muster.config.Secrets;
import dev.muster.queue.JobQueue;
import dev.muster.web.ServerSettings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A node that serves a configuration of its own, on a free port of this machine. */
public final class ServeRig implements AutoCloseable {

    public static final HttpClient CLIENT = HttpClient.newHttpClient();

    public final Path conf;
    private @Nullable Node service;
    private @Nullable Vertx vertx;
    private @Nullable Secrets secrets;
    private UnaryOperator<ServerSettings> settings = UnaryOperator.identity();
    private UnaryOperator<NodeSetup> reloaded = UnaryOperator.identity();

    public ServeRig(Path conf) throws IOException {
        this.conf = conf;
        Files.createDirectories(conf.resolve("plans"));
        config("");
    }

    /** Writes {@code muster.yaml}; the server's port is a free one unless the text says another. */
    public ServeRig config(String text) throws IOException {
        String whole = text.contains("server:") ? text : "server: {port: 0, workers: 2, drain: 5s}\n" + text;
        Files.writeString(conf.resolve("muster.yaml"), whole);
        return this;
    }

    public ServeRig plan(String name, String rest) throws IOException {
        Files.writeString(conf.resolve("plans").resolve(name + ".yaml"), "plan: " + name + "\n" + rest + "\n");
        return this;
    }

    /** As with {@code --open}. */
    public ServeRig open() {
        settings = ServerSettings::opened;
        return this;
    }

    /** What becomes of a configuration that is read for a reload. */
    ServeRig reloaded(UnaryOperator<NodeSetup> changed) {
        reloaded = changed;
        return this;
    }

    public ServeRig start() throws InterruptedException {
        NodeSetup setup = NodeSetup.read(new ConfDir(conf, true), System::getenv, settings);
        Resources resources = Transports.open(setup).sized(setup.limits());
        vertx = resources.vertx();
        secrets = setup.configuration().secrets();
        service = Node.start(
                setup,
                () -> reloaded.apply(NodeSetup.read(new ConfDir(conf, true), System::getenv, settings)),
                Embedding.NONE,
                line -> {},
                resources);
        return this;
    }

    public Node service() {
        return Objects.requireNonNull(service);
    }

    public Secrets secrets() {
        return Objects.requireNonNull(secrets);
    }

    public Vertx vertx() {
        return Objects.requireNonNull(vertx);
    }

    public int port() {
        return service().port();
    }

    /** How a queue of it is doing. */
    public JobQueue.Statistics queue(String name) {
        var answer = new CompletableFuture<JobQueue.Statistics>();
        JobQueue queue = service().queues().queue(name, Caller.everyone());
        // On the queue's loop: that is where it answers.
        queue.status().onComplete(known -> answer.complete(queue.statistics()));
        return soon(answer);
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    public HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(request(path).POST(BodyPublishers.ofString(body)));
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        if (service != null) {
            service.close();
        }
    }
}
