package dev.muster.connect.file;

import dev.muster.connect.Arguments;
import dev.muster.connect.Operation;
import dev.muster.connect.Receipts;
import dev.muster.connect.StopSignal;
import dev.muster.connect.WorkPool;
import dev.muster.connect.WorkPool.Work;
import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.UriTemplate;
import dev.muster.plan.VerbCall;
import dev.muster.task.Items;
import dev.muster.task.Scope;
import dev.muster.text.Utf8;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A prepared call of {@code file}. */
final class FileOperation implements Operation {
    private final FileSettings source;
    private final FileConnector connector;
    private final Receipts receipts;
    private final String action;
    private final Optional<UriTemplate> template;
    private final LineFilter filter;
    private final boolean asJson;

    FileOperation(VerbCall call, FileSettings source, FileConnector connector, Receipts receipts) {
        this.source = source;
        this.connector = connector;
        this.receipts = receipts;
        this.action = FileOptions.action(call);
        this.template = call.uri(action);
        this.filter = LineFilter.of(call.text(FileOptions.MATCH).orElse(null));
        this.asJson = call.text(FileOptions.AS).filter(FileOptions.JSON::equals).isPresent();
    }

    /** The target of a call: its path as written, for messages, and the path's names. */
    record Place(String shown, List<Path> names) {}

    @Override
    public Future<@Nullable Object> run(Scope scope, Arguments arguments) {
        Place place;
        try {
            place = place(arguments);
        } catch (MusterException e) {
            return Future.failedFuture(e);
        }
        Object content = arguments.get(FileOptions.CONTENT);
        Work<Object> work = switch (action) {
            case FileOptions.READ -> stop -> read(place, stop);
            case FileOptions.LINES -> stop -> list(place, stop);
            default -> stop -> write(place, content, stop);
        };
        return connector.pool().submit(scope, receipts, what(place), guarded(place, work));
    }

    @Override
    public Future<Items<Object>> open(Scope scope, Arguments arguments) {
        Place place;
        try {
            place = place(arguments);
        } catch (MusterException e) {
            return Future.failedFuture(e);
        }
        return new LineStream(this, place, scope).open();
    }

    WorkPool pool() {
        return connector.pool();
    }

    Receipts receipts() {
        return receipts;
    }

    String what(Place place) {
        return action + " " + source.name() + ": " + place.shown();
    }

    /** Opens a file for reading lines. Blocks; runs on the pool. */
    LineReader lines(Place place) throws IOException {
        FileChannel channel = opened(new Jail(source, place.shown()).read(place.names()));
        try {
            return new LineReader(source, place.shown(), channel, filter, asJson);
        } catch (IOException | RuntimeException e) {
            close(channel);
            throw e;
        }
    }

    void close(AutoCloseable file) throws IOException {
        connector.closed();
        try {
            file.close();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /** Wraps work so that I/O errors become errors of this source, and a file closed by an interrupt becomes an interrupt. */
    <T> Work<T> guarded(Place place, Work<T> work) {
        return stop -> {
            try {
                return work.run(stop);
            } catch (ClosedByInterruptException e) {
                throw new InterruptedException("the file was closed by a cancel");
            } catch (IOException e) {
                throw FileErrors.io(source, place.shown(), e);
            }
        };
    }

    private @Nullable Object read(Place place, StopSignal stop) throws IOException, InterruptedException {
        FileChannel channel = opened(new Jail(source, place.shown()).read(place.names()));
        byte[] bytes;
        try {
            bytes = bytes(place, channel, stop);
        } finally {
            close(channel);
        }
        if (!asJson) {
            return LineReader.decode(source, place.shown(), bytes, 0, bytes.length, 0, "");
        }
        try {
            return Json.parse(bytes);
        } catch (JsonException e) {
            throw FileErrors.of(source, place.shown(), "is not JSON: " + e.getMessage(), e);
        }
    }

    /** Reads the size the file had when it was opened; growth after that is ignored. */
    private byte[] bytes(Place place, FileChannel channel, StopSignal stop) throws IOException, InterruptedException {
        long size = channel.size();
        if (size > source.maxReadBytes()) {
            throw FileErrors.limit(
                    source, place.shown(), "has " + size + " bytes, of at most " + source.maxReadBytes(), "maxRead");
        }
        var bytes = new byte[(int) size];
        int length = 0;
        while (length < bytes.length) {
            stop.throwIfStopped();
            int most = Math.min(LineReader.READ_BYTES, bytes.length - length);
            int read = channel.read(ByteBuffer.wrap(bytes, length, most));
            if (read < 0) {
                return Arrays.copyOf(bytes, length);
            }
            length += read;
        }
        return bytes;
    }

    private Object list(Place place, StopSignal stop) throws IOException, InterruptedException {
        LineReader reader = lines(place);
        try {
            var all = new LineBatch.Whole(source, place.shown());
            reader.read(all, stop);
            return all.lines();
        } finally {
            close(reader);
        }
    }

    private Object write(Place place, @Nullable Object content, StopSignal stop)
            throws IOException, InterruptedException {
        byte[] bytes = WriteFile.content(source, place.shown(), content, asJson);
        var file = new WriteFile(source, place.shown());
        connector.opened();
        try {
            if (action.equals(FileOptions.APPEND)) {
                file.append(place.names(), bytes, stop);
            } else {
                file.write(place.names(), bytes, stop);
            }
        } finally {
            connector.closed();
        }
        return Map.of("bytes", (long) bytes.length);
    }

    private FileChannel opened(FileChannel channel) {
        connector.opened();
        return channel;
    }

    private Place place(Arguments arguments) {
        if (!source.write() && (action.equals(FileOptions.WRITE) || action.equals(FileOptions.APPEND))) {
            throw new MusterException(
                    ErrorType.DENIED, "the source " + source.name() + " is read-only (setting write)");
        }
        String path = template.map(uri -> uri.expand(arguments.map(FileOptions.ARGS)::get))
                .orElseGet(() -> text(arguments.get(action)));
        if (Utf8.hasHalf(path)) {
            throw new MusterException(ErrorType.BAD_INPUT, source.name() + ": " + action + ": the path " + Utf8.HALF);
        }
        List<Path> names = FilePath.names(source, path, template.isPresent());
        if (names.isEmpty()) {
            throw FileErrors.of(source, path, "is not the path of a file");
        }
        return new Place(path, names);
    }

    private String text(@Nullable Object path) {
        if (path instanceof String text) {
            return text;
        }
        throw new MusterException(ErrorType.EXPRESSION, source.name() + ": " + action + " must be the text of a path");
    }
}
