package dev.muster.connect.mongo;

import com.mongodb.client.model.Collation;
import dev.muster.connect.Arguments;
import dev.muster.connect.mongo.ToBson.ParseMode;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Template;
import dev.muster.plan.VerbCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.UuidRepresentation;

/** The command arguments: the words of a step in one run, in the driver's types. Every error names the source and the word. */
final class CommandArguments {
    private final VerbCall call;
    private final Arguments arguments;
    private final String source;
    private final UuidRepresentation uuids;

    CommandArguments(VerbCall call, Arguments arguments, MongoSource source) {
        this.call = call;
        this.arguments = arguments;
        this.source = source.name();
        this.uuids = source.uuids();
    }

    boolean has(String word) {
        return call.has(word);
    }

    /** A map; empty if the word is not given. */
    BsonDocument map(String word, ParseMode mode) {
        if (!call.has(word)) {
            return new BsonDocument();
        }
        return document(word, value(word, mode));
    }

    /** Passes a map on if the word is given. */
    void map(String word, ParseMode mode, Consumer<BsonDocument> to) {
        if (call.has(word)) {
            to.accept(map(word, mode));
        }
    }

    /** A list of maps; a single map counts as a list of one. */
    List<BsonDocument> maps(String word, ParseMode mode) {
        BsonValue value = value(word, mode);
        if (value.isDocument()) {
            return List.of(value.asDocument());
        }
        if (!value.isArray()) {
            throw bad(word, "must be a list of maps");
        }
        BsonArray array = value.asArray();
        var maps = new ArrayList<BsonDocument>(array.size());
        for (BsonValue item : array) {
            maps.add(document(word + "[" + maps.size() + "]", item));
        }
        return maps;
    }

    /** Passes a count on if the word is given and not null. */
    void count(String word, Consumer<Integer> to) {
        Object value = arguments.get(word);
        if (value == null) {
            return;
        }
        if (!(value instanceof Long count) || count < 0 || count > Integer.MAX_VALUE) {
            throw bad(word, "must be a whole number from 0 to " + Integer.MAX_VALUE);
        }
        to.accept(count.intValue());
    }

    /** Passes the hint on, either the name of an index or its keys. */
    void hint(Consumer<String> name, Consumer<BsonDocument> keys) {
        if (call.has(MongoOptions.HINT)) {
            BsonValue hint = value(MongoOptions.HINT, ParseMode.DATA);
            if (hint instanceof BsonString text) {
                name.accept(text.getValue());
            } else {
                keys.accept(document(MongoOptions.HINT, hint));
            }
        }
    }

    void collation(Consumer<Collation> to) {
        if (call.has(MongoOptions.COLLATION)) {
            try {
                to.accept(Collations.of((Map<?, ?>) arguments.get(MongoOptions.COLLATION)));
            } catch (IllegalArgumentException e) {
                throw new MusterException(ErrorType.BAD_INPUT, source + ": " + e.getMessage(), e);
            }
        }
    }

    boolean isTrue(String word, boolean otherwise) {
        return call.bool(word).orElse(otherwise);
    }

    Optional<Integer> batchSize() {
        return MongoOptions.batchSize(call);
    }

    String collection() {
        return MongoOptions.collection(call);
    }

    private BsonValue value(String word, ParseMode mode) {
        Template template = call.values().get(word);
        if (template == null) {
            throw bad(word, "is not given");
        }
        return ToBson.of(source, word, template, arguments.get(word), mode, uuids);
    }

    private BsonDocument document(String word, BsonValue value) {
        if (value.isDocument()) {
            return value.asDocument();
        }
        throw bad(word, "must be a map");
    }

    private MusterException bad(String word, String what) {
        return new MusterException(ErrorType.BAD_INPUT, source + ": " + word + " " + what);
    }
}
