package dev.muster.connect.sql;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Begins and ends a transaction on a held connection. Runs on the loop of the scope. */
final class Transaction {
    private Transaction() {}

    /** Begins a transaction. */
    static Future<@Nullable Void> begin(Scope scope, SqlSession lease, Optional<Isolation> isolation) {
        // Recorded first: if the response is lost, a transaction can still be open.
        lease.inTransaction(true);
        return each(scope, lease, lease.source().database().begin(isolation).iterator());
    }

    private static Future<@Nullable Void> each(Scope scope, SqlSession lease, Iterator<String> commands) {
        return commands.hasNext()
                ? command(scope, lease, commands.next()).compose(done -> each(scope, lease, commands))
                : Future.succeededFuture();
    }

    /** Commits the transaction. On failure nothing was committed, unless the connection broke during the commit. */
    static Future<@Nullable Void> commit(Scope scope, SqlSession lease) {
        return command(scope, lease, Commands.COMMIT)
                .onSuccess(done -> lease.inTransaction(false))
                .recover(thrown -> Future.failedFuture(
                        thrown instanceof MusterException error ? said("the commit failed: ", error) : thrown));
    }

    /** Rolls back. If that fails, the connection is closed instead of reused, which also rolls back. Never fails. */
    static Future<@Nullable Void> rollback(Scope scope, SqlSession lease) {
        if (lease.isBroken() || !lease.isInTransaction()) {
            return Future.succeededFuture();
        }
        return command(scope, lease, Commands.ROLLBACK)
                .<@Nullable Void>map(done -> {
                    lease.inTransaction(false);
                    return null;
                })
                .recover(thrown -> {
                    lease.broken();
                    return Future.succeededFuture();
                });
    }

    private static Future<@Nullable Void> command(Scope scope, SqlSession lease, String command) {
        lease.limit(scope);
        return lease.await(scope, () -> lease.connection().query(command).execute())
                .<@Nullable Void>mapEmpty()
                .recover(thrown -> Future.failedFuture(lease.error(thrown, List.of())));
    }

    private static MusterException said(String before, MusterException error) {
        return error.type() == ErrorType.QUERY || error.type() == ErrorType.UNAVAILABLE
                ? new MusterException(error.type(), before + error.detail(), error.more(), error)
                : error;
    }
}
