package dev.muster.connect.mongo;

import com.mongodb.RequestContext;
import com.mongodb.reactivestreams.client.ReactiveContextProvider;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import reactor.core.CoreSubscriber;

/**
 * The link from the driver's events to their calls: copies the {@link DriverCall} from the context of a command's subscriber to
 * the context that the driver's listeners get.
 */
final class Contexts implements ReactiveContextProvider {

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
