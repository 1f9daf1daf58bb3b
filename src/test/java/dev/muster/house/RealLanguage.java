package dev.muster.house;

import dev.muster.connect.call.CallConnector;
import dev.muster.connect.cpu.CpuConnector;
import dev.muster.connect.file.FileConnector;
import dev.muster.connect.http.HttpConnector;
import dev.muster.connect.mongo.MongoConnector;
import dev.muster.plan.Language;
import dev.muster.plan.VerbWords;
import dev.muster.run.BuiltIn;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The language that users write: the words of every verb that ships. */
final class RealLanguage {

    private RealLanguage() {}

    static Language of(Vertx vertx) {
        var words = new ArrayList<VerbWords>(List.of(
                new HttpConnector(vertx, Map.of()).words(),
                FileConnector.verbWords(),
                MongoConnector.verbWords(),
                CpuConnector.verbWords(),
                CallConnector.verbWords()));
        words.addAll(BuiltIn.words());
        return new Language(words, List.of());
    }
}
