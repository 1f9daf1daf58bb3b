package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Rig;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A way to the tests' server that notes what each session is told as it begins, and refuses some as a pooler does that does not
 * know a parameter, or hands them on with other names.
 */
public final class StartsSeen implements AutoCloseable {
    private static final int VERSION = 196_608;

    private final Vertx vertx = Vertx.vertx();
    private final NetClient client = vertx.createNetClient();
    private final List<Map<String, String>> starts = new CopyOnWriteArrayList<>();
    private final Semaphore begun = new Semaphore(0);
    private final String to;
    private final NetServer server;
    private volatile List<String> refused = List.of();
    private volatile Refusal refusal = new Refusal("08P01", "unsupported startup parameter: %s");
    private volatile UnaryOperator<String> names = name -> name;

    /** How a parameter is refused; the message has a place for its name. */
    public record Refusal(String code, String message) {}

    public StartsSeen(String address) {
        to = address;
        server = Rig.await(vertx.createNetServer(
                        new NetServerOptions().setHost("127.0.0.1").setPort(0))
                .connectHandler(this::connected)
                .listen());
    }

    /** The address with this in the server's place. */
    public String address() {
        return to.replaceFirst("@[^/]+/", "@127.0.0.1:" + server.actualPort() + "/");
    }

    /** Refuses sessions that are told one of these: for the first that is. */
    public void refuse(Refusal how, String... parameters) {
        refusal = how;
        refused = List.of(parameters);
    }

    public void refuse(String... parameters) {
        refuse(new Refusal("08P01", "unsupported startup parameter: %s"), parameters);
    }

    /** Lets the server see other names. */
    public void rename(UnaryOperator<String> to) {
        names = to;
    }

    /** What each session was told, those that were refused too. */
    public List<Map<String, String>> starts() {
        return starts;
    }

    /** Waits until so many sessions have begun that were not refused. */
    public void awaitStarts(int sessions) throws InterruptedException {
        assertThat(begun.tryAcquire(sessions, 60, TimeUnit.SECONDS))
                .as("so many sessions")
                .isTrue();
    }

    private void connected(NetSocket in) {
        in.handler(begin -> {
            if (begin.getInt(4) == VERSION) {
                begun(in, begin);
            } else {
                in.close();
            }
        });
    }

    private void begun(NetSocket in, Buffer begin) {
        Map<String, String> told = read(begin);
        starts.add(told);
        String first = refused.stream().filter(told::containsKey).findFirst().orElse(null);
        if (first != null) {
            refuse(in, first);
            return;
        }
        begun.release();
        in.pause();
        String authority = to.replaceFirst(".*@([^/]+)/.*", "$1");
        int colon = authority.lastIndexOf(':');
        client.connect(Integer.parseInt(authority.substring(colon + 1)), authority.substring(0, colon))
                .onFailure(failed -> in.close())
                .onSuccess(out -> {
                    out.write(renamed(told));
                    in.handler(out::write);
                    out.handler(in::write);
                    in.closeHandler(closed -> out.close());
                    out.closeHandler(closed -> in.close());
                    in.resume();
                });
    }

    private void refuse(NetSocket in, String parameter) {
        Buffer fields = Buffer.buffer();
        field(fields, 'S', "FATAL");
        field(fields, 'V', "FATAL");
        field(fields, 'C', refusal.code());
        field(fields, 'M', refusal.message().formatted(parameter));
        fields.appendByte((byte) 0);
        in.end(Buffer.buffer()
                .appendByte((byte) 'E')
                .appendInt(fields.length() + 4)
                .appendBuffer(fields));
    }

    private static void field(Buffer fields, char type, String text) {
        fields.appendByte((byte) type).appendString(text).appendByte((byte) 0);
    }

    private static Map<String, String> read(Buffer begin) {
        Map<String, String> told = new LinkedHashMap<>();
        String[] words = begin.getString(8, begin.length(), StandardCharsets.UTF_8.name())
                .split("\0", -1);
        for (int i = 0; i + 1 < words.length && !words[i].isEmpty(); i += 2) {
            told.put(words[i], words[i + 1]);
        }
        return told;
    }

    private Buffer renamed(Map<String, String> told) {
        Buffer begin = Buffer.buffer().appendInt(0).appendInt(VERSION);
        told.forEach((name, value) -> begin.appendString(names.apply(name))
                .appendByte((byte) 0)
                .appendString(value)
                .appendByte((byte) 0));
        begin.appendByte((byte) 0);
        return begin.setInt(0, begin.length());
    }

    /** What a source's sessions of this kind were told last. */
    public @Nullable Map<String, String> last(String application) {
        Map<String, String> last = null;
        for (Map<String, String> told : starts) {
            last = application.equals(told.get("application_name")) ? told : last;
        }
        return last;
    }

    @Override
    public void close() {
        Rig.await(vertx.close());
    }
}
