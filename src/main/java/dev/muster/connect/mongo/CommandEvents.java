package dev.muster.connect.mongo;

import com.mongodb.MongoSocketException;
import com.mongodb.RequestContext;
import com.mongodb.event.CommandEvent;
import com.mongodb.event.CommandFailedEvent;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import com.mongodb.event.CommandSucceededEvent;
import com.mongodb.reactivestreams.client.ReactiveContextProvider;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bson.BsonBinaryReader;
import org.bson.BsonDocument;
import org.bson.BsonReader;
import org.bson.BsonType;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import reactor.core.CoreSubscriber;

/**
 * The link from the driver's events to their calls. As the context provider it copies the {@link DriverCall} from the context of
 * a command's subscriber to the context of the command, and as the command listener it passes each event to that call.
 */
final class CommandEvents implements CommandListener, ReactiveContextProvider {
    @Override
    public void commandStarted(CommandStartedEvent event) {
        of(event, server -> server.started(event));
    }

    @Override
    public void commandSucceeded(CommandSucceededEvent event) {
        of(event, server -> server.ended(event, cursorIn(event)));
    }

    @Override
    public void commandFailed(CommandFailedEvent event) {
        Throwable thrown = event.getThrowable();
        boolean isLost = thrown instanceof MongoSocketException || thrown.getCause() instanceof MongoSocketException;
        of(event, server -> {
            if (isLost) {
                server.lost(event);
            } else {
                server.ended(event, 0);
            }
        });
    }

    private static void of(CommandEvent event, Consumer<ServerActivity> step) {
        RequestContext context = event.getRequestContext();
        if (context != null && context.hasKey(DriverCall.class)) {
            DriverCall call = context.get(DriverCall.class);
            step.accept(call.server());
        }
    }

    /**
     * The id of the cursor that the response leaves open; 0 if there is none. The documents of the response are skipped, not
     * decoded. If even that fails, the result is 0, and the driver fails the call afterwards.
     */
    private static long cursorIn(CommandSucceededEvent event) {
        try {
            return switch (event.getCommandName()) {
                case "find", "aggregate", ServerActivity.GET_MORE -> id(event.getResponse());
                default -> 0;
            };
        } catch (RuntimeException unreadable) {
            return 0;
        }
    }

    private static long id(BsonDocument response) {
        BsonReader reader = response instanceof RawBsonDocument raw
                ? new BsonBinaryReader(raw.getByteBuffer().asNIO())
                : response.asBsonReader();
        return seek(reader, "cursor") && seek(reader, "id") ? reader.readInt64() : 0;
    }

    private static boolean seek(BsonReader reader, String name) {
        reader.readStartDocument();
        while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
            if (reader.readName().equals(name)) {
                return true;
            }
            reader.skipValue();
        }
        return false;
    }

    @Override
    public RequestContext getContext(Subscriber<?> subscriber) {
        var context = new Context();
        if (subscriber instanceof CoreSubscriber<?> core
                && core.currentContext().hasKey(DriverCall.class)) {
            context.put(DriverCall.class, core.currentContext().get(DriverCall.class));
        }
        return context;
    }

    private static final class Context implements RequestContext {
        private final Map<Object, Object> values = new ConcurrentHashMap<>();

        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the driver's signature
        public <T> T get(Object key) {
            Object value = values.get(key);
            if (value == null) {
                throw new NoSuchElementException(String.valueOf(key));
            }
            return (T) value;
        }

        @Override
        public boolean hasKey(Object key) {
            return values.containsKey(key);
        }

        @Override
        public boolean isEmpty() {
            return values.isEmpty();
        }

        @Override
        public void put(Object key, @Nullable Object value) {
            if (value != null) {
                values.put(key, value);
            }
        }

        @Override
        public void delete(Object key) {
            values.remove(key);
        }

        @Override
        public int size() {
            return values.size();
        }

        @Override
        public Stream<Map.Entry<Object, Object>> stream() {
            return values.entrySet().stream();
        }
    }
}
