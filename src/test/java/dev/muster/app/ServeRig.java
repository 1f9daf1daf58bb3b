package dev.muster.app;

import static dev.muster.Soon.soon;

import dev.muster.access.Caller;
import dev.muster.config.Secrets;
import dev.muster.queue.JobQueue;
import dev.muster.web.ServerSettings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A node that serves a configuration of its own, on a free port of this machine. */
public final class ServeRig implements AutoCloseable {

    static final HttpClient CLIENT = HttpClient.newHttpClient();

    final Path conf;
    private @Nullable Service service;
    private @Nullable Vertx vertx;
    private @Nullable Secrets secrets;
    private UnaryOperator<ServerSettings> settings = UnaryOperator.identity();
    private UnaryOperator<ServiceSetup> reloaded = UnaryOperator.identity();

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

    ServeRig plan(String name, String rest) throws IOException {
        Files.writeString(conf.resolve("plans").resolve(name + ".yaml"), "plan: " + name + "\n" + rest + "\n");
        return this;
    }

    /** As with {@code --open}. */
    ServeRig open() {
        settings = ServerSettings::opened;
        return this;
    }

    /** What becomes of a configuration that is read for a reload. */
    ServeRig reloaded(UnaryOperator<ServiceSetup> changed) {
        reloaded = changed;
        return this;
    }

    public ServeRig start() throws InterruptedException {
        var shell = new Shell(
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream(),
                false,
                false,
                System::getenv);
        var session = new Session(Edition.PRODUCTION, shell, new Stop(), Opening.of(List.of()));
        ServiceSetup setup = ServiceSetup.read(new Where(conf, true), shell, settings);
        Resources resources = Transports.open(setup).sized(setup.limits());
        vertx = resources.vertx();
        secrets = setup.configuration().secrets();
        service = Service.start(
                setup,
                () -> reloaded.apply(ServiceSetup.read(new Where(conf, true), shell, settings)),
                session,
                resources);
        return this;
    }

    Service service() {
        return Objects.requireNonNull(service);
    }

    Secrets secrets() {
        return Objects.requireNonNull(secrets);
    }

    Vertx vertx() {
        return Objects.requireNonNull(vertx);
    }

    public int port() {
        return service().port();
    }

    /** How a queue of it is doing. */
    JobQueue.Statistics queue(String name) {
        var answer = new CompletableFuture<JobQueue.Statistics>();
        JobQueue queue = service().queues().queue(name, Caller.everyone());
        // On the queue's loop: that is where it answers.
        queue.status().onComplete(known -> answer.complete(queue.statistics()));
        return soon(answer);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(request(path).POST(BodyPublishers.ofString(body)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        if (service != null) {
            service.close();
        }
    }
}
