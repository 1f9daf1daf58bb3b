package dev.muster.queue.postgres;

import dev.muster.queue.JobStore;
import dev.muster.queue.JobStoreContract;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.StoreFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The store in Postgres keeps the contract. */
class PostgresStoreTest extends JobStoreContract {
    private static JobsDatabase database;
    private static PostgresStores node;

    private final QueueSettings queue = JobsDatabase.queue();

    @BeforeAll
    static void openNode() {
        database = new JobsDatabase();
        node = database.node();
    }

    @AfterAll
    static void closeNode() {
        database.close();
    }

    @Override
    protected StoreFixture open(QueueSettings settings, JobStore.Listener listener) {
        return database.open(node, settings, listener);
    }

    @Override
    protected QueueSettings defaults() {
        return queue;
    }
}
