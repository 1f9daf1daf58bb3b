package dev.muster.house;

import dev.muster.connect.call.CallConnector;
import dev.muster.connect.cpu.CpuConnector;
import dev.muster.connect.file.FileConnector;
import dev.muster.connect.http.HttpConnector;
import dev.muster.connect.mongo.MongoConnector;
import dev.muster.connect.mysql.MySqlDatabase;
import dev.muster.connect.postgres.PostgresDatabase;
import dev.muster.connect.queue.QueueConnector;
import dev.muster.connect.sql.TransactionConnector;
import dev.muster.plan.Language;
import dev.muster.plan.VerbSpec;
import dev.muster.run.BuiltIn;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The real plan language: the words of every verb in the product. */
final class RealLanguage {

    private RealLanguage() {}

    static Language of(Vertx vertx) {
        var postgres = PostgresDatabase.connector(vertx, List.of(), source -> Duration.ofSeconds(30));
        var mysql = MySqlDatabase.connector(vertx, List.of());
        var words = new ArrayList<VerbSpec>(List.of(
                new HttpConnector(vertx, Map.of()).words(),
                postgres.words(),
                mysql.words(),
                new TransactionConnector(List.of(postgres, mysql)).words(),
                FileConnector.verbWords(),
                MongoConnector.verbWords(),
                CpuConnector.verbWords(),
                CallConnector.verbWords(),
                QueueConnector.verbWords()));
        words.addAll(BuiltIn.words());
        return new Language(words);
    }
}
