package dev.muster.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.cli.Command;
import dev.muster.cli.Options;
import dev.muster.cli.Session;
import dev.muster.cli.Stop;
import dev.muster.cli.UsageException;
import dev.muster.config.ProblemsException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The command {@code muster dev upstream}: runs a single upstream until it is interrupted. */
final class UpstreamCommand implements Command {
    private static final String PORT = "--port";
    private static final int MAX_PORT = 65_535;
    private static final long MAX_WAIT_SECONDS = 10;

    @Override
    public String name() {
        return "upstream";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                        name(),
                        "Runs an HTTP service with latency and faults on a loopback port until it is interrupted;"
                                + " prints its address. Its statistics are at /_upstream.",
                        "muster dev upstream",
                        "muster dev upstream --port 9000 conf/dev/shop.yaml")
                .addPositional(PositionalParamSpec.builder()
                        .index("0")
                        .arity("0..1")
                        .paramLabel("FILE")
                        .type(String.class)
                        .description("The routes, YAML or JSON; default: a few of every kind.")
                        .build())
                .addOption(OptionSpec.builder(PORT)
                        .arity("1")
                        .type(int.class)
                        .paramLabel("N")
                        .description("The port; default 0, a free one.")
                        .build());
    }

    @Override
    public int run(ParseResult options, Session session) throws InterruptedException {
        int port = options.matchedOptionValue(PORT, 0);
        if (port < 0 || port > MAX_PORT) {
            throw new UsageException(PORT + " must be from 0 to " + MAX_PORT + ", not " + port);
        }
        String file = options.matchedPositionalValue(0, "");
        Routes routes = file.isEmpty() ? shipped() : Routes.read(Path.of(file));
        Vertx vertx = EmbeddedServices.oneLoop();
        try {
            Upstream upstream = listening(vertx, routes, port);
            session.print(upstream.address());
            routes.names().forEach(session::say);
            session.say("statistics at " + upstream.address() + Upstream.STATISTICS + "; ^C ends it");
            awaitStop(session.stop());
            return 0;
        } finally {
            vertx.close();
        }
    }

    /** The routes that Muster ships: a few of every kind. */
    static Routes shipped() throws ProblemsException {
        try (InputStream in =
                Objects.requireNonNull(UpstreamCommand.class.getResourceAsStream("upstream.yaml"), "upstream.yaml")) {
            return Routes.parse("upstream.yaml", new String(in.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("the jar's own routes cannot be read", e);
        }
    }

    private static Upstream listening(Vertx vertx, Routes routes, int port) throws InterruptedException {
        try {
            return EmbeddedServices.await(new Upstream(vertx, routes).listen(port), MAX_WAIT_SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new MusterException(
                    ErrorType.UNAVAILABLE,
                    "port " + port + " cannot be listened on: " + cause.getMessage()
                            + (port == 0 ? "" : "; use another one with --port, or none for a free one"),
                    e);
        }
    }

    private static void awaitStop(Stop stop) throws InterruptedException {
        var stopped = new CountDownLatch(1);
        try (Stop.Registration registration = stop.tell(reason -> stopped.countDown())) {
            stopped.await();
        }
    }
}
