package dev.muster.connect.mongo;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.muster.connect.Arguments;
import dev.muster.connect.Operation;
import dev.muster.connect.Receipts;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.task.Items;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** A prepared call of the verb {@code mongo}. */
final class MongoOperation implements Operation {
    private static final AtomicLong COUNT = new AtomicLong();
    private static final Duration CLOSING = Duration.ofSeconds(3);

    /** The command of one operation of the verb, and the conversion of its response. */
    interface Command {

        /**
         * Creates the driver's command. Runs on a thread of the driver.
         *
         * @param comment the comment by which the command is found on the server
         * @param left the time that is left for the command
         * @throws MusterException if the words are not valid
         */
        Publisher<?> publisher(
                MongoDatabase database, CommandArguments arguments, String comment, Optional<Duration> left);

        /** The result of the step. */
        @Nullable
        Object result(List<Object> items);
    }

    private final VerbCall call;
    private final MongoSource source;
    private final Command command;
    private final String what;

    MongoOperation(VerbCall call, MongoSource source) {
        this.call = call;
        this.source = source;
        this.command = command(call, source);
        this.what = source.name() + ": " + call.summary();
    }

    @Override
    public Future<@Nullable Object> run(Scope scope, Arguments arguments) {
        return source.slots().acquire(scope).compose(slot -> {
            DriverCall driverCall = driverCall(scope, arguments, false);
            return all(scope, driverCall).onComplete(ended -> slot.release()).map(command::result);
        });
    }

    @Override
    public Future<Items<Object>> open(Scope scope, Arguments arguments) {
        DriverCall driverCall = driverCall(scope, arguments, true);
        var flow = new DocumentStream(source, scope, driverCall, fetch());
        if (!scope.isCancelled()) {
            scope.cleanUp("close the cursor of " + what, own -> driverCall.close(own, scope));
        }
        return Future.succeededFuture(flow);
    }

    private DriverCall driverCall(Scope scope, Arguments arguments, boolean isStream) {
        String comment = String.join(
                "/", "muster", arguments.run(), arguments.plan(), arguments.step(), "" + COUNT.incrementAndGet());
        var commandArguments = new CommandArguments(call, arguments, source);
        var server = new ServerActivity(source, scope.loop(), comment, what);
        // Computed when the command is sent: a stream can wait for its permit long after it was opened.
        return new DriverCall(
                source,
                server,
                what,
                isStream,
                () -> source.within(scope.remaining().map(time -> time.plus(Receipts.SERVER_SLACK))),
                left -> command.publisher(source.database(left), commandArguments, comment, left));
    }

    private Future<List<Object>> all(Scope scope, DriverCall driverCall) {
        Promise<List<Object>> all = Promise.promise();
        readOn(scope, driverCall, new ArrayList<>(), all);
        return all.future();
    }

    private void readOn(Scope scope, DriverCall driverCall, List<Object> read, Promise<List<Object>> all) {
        driverCall.fetch(scope, fetch()).onComplete((batch, failure) -> {
            if (failure != null) {
                letGo(scope, driverCall).onComplete(ended -> all.fail(failure));
                return;
            }
            read.addAll(batch.items());
            if (batch.last()) {
                all.complete(read);
            } else {
                readOn(scope, driverCall, read, all);
            }
        });
    }

    /**
     * Closes the cursor after a failure. A cancel between two batches has ended no wait, so no wait has covered the end of the
     * cursor yet.
     */
    private Future<?> letGo(Scope scope, DriverCall driverCall) {
        return driverCall.hasBegun()
                ? scope.shield("close the cursor of " + what, CLOSING, own -> driverCall.close(own, scope))
                        .future()
                : Future.succeededFuture();
    }

    private int fetch() {
        return MongoOptions.batchSize(call).orElse(source.settings().fetch());
    }

    private static Command command(VerbCall call, MongoSource source) {
        return switch (MongoOptions.operation(call)) {
            case MongoOptions.AGGREGATE ->
                new ReadCommands.Aggregate(MongoOptions.writesOut(call), MongoOptions.awaits(call));
            case MongoOptions.COUNT -> new ReadCommands.Count();
            case MongoOptions.INSERT -> new WriteCommands.Insert(source);
            case MongoOptions.UPDATE -> new WriteCommands.Update(source);
            case MongoOptions.DELETE -> new WriteCommands.Delete();
            default -> new ReadCommands.Find();
        };
    }
}
