package dev.muster.connect.mysql;

import dev.muster.connect.sql.SqlSettings;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.mysqlclient.SslMode;
import io.vertx.mysqlclient.impl.MySQLCollation;
import io.vertx.mysqlclient.impl.MySQLConnectionFactory;
import io.vertx.mysqlclient.impl.MySQLSocketConnection;
import io.vertx.mysqlclient.impl.command.InitialHandshakeCommand;
import io.vertx.mysqlclient.impl.protocol.CapabilitiesFlag;
import io.vertx.sqlclient.internal.Connection;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A login to a server, with a {@link MySqlWire} in the pipeline from the first byte.
 *
 * <p>The driver's own login offers {@code load data local} and would send any local file that the server names. This login does not
 * offer it, and the wire rejects such a request anyway.
 */
final class Login extends MySQLConnectionFactory {
    private static final int OFFERS =
            CapabilitiesFlag.CLIENT_SUPPORTED_CAPABILITIES_FLAGS & ~CapabilitiesFlag.CLIENT_LOCAL_FILES;

    private final SqlSettings settings;
    private final StatementLimits limits;
    private volatile @Nullable MySqlWire wire;

    /** Creates a login with its own client, which is closed together with this object. */
    Login(VertxInternal vertx, NetClientOptions transport, SqlSettings settings, StatementLimits limits) {
        super(vertx, transport);
        this.settings = settings;
        this.limits = limits;
    }

    /** Why this node closed the connection, if it did. */
    Optional<MusterException> whyEnded() {
        MySqlWire known = wire;
        return known == null ? Optional.empty() : known.whyEnded();
    }

    @Override
    protected Future<Connection> doConnectInternal(MySQLConnectOptions options, ContextInternal context) {
        SslMode mode = options.getSslMode();
        Future<Connection> first = attempt(options, mode, context);
        return mode == SslMode.PREFERRED
                ? first.recover(failure ->
                        isRefused(failure) ? Future.failedFuture(failure) : attempt(options, SslMode.DISABLED, context))
                : first;
    }

    /** Whether the failure is unrelated to TLS. Retrying without TLS would then only send the password again, unencrypted. */
    private boolean isRefused(Throwable failure) {
        return failure instanceof MySQLException || whyEnded().isPresent();
    }

    private Future<Connection> attempt(MySQLConnectOptions options, SslMode mode, ContextInternal context) {
        var to = new ConnectOptions().setRemoteAddress(options.getSocketAddress());
        return client.connect(to).compose(socket -> {
            var connection = new MySQLSocketConnection(
                    (NetSocketInternal) socket, null, options, false, 0, sql -> false, 1, context);
            connection.init();
            wire = MySqlWire.into(connection.socket().channelHandlerContext().channel(), settings, limits);
            return connection.schedule(
                    context,
                    new InitialHandshakeCommand(
                            connection,
                            options.getUser(),
                            options.getPassword(),
                            options.getDatabase(),
                            MySQLCollation.valueOfName(
                                    MySQLCollation.getDefaultCollationFromCharsetName(options.getCharset())),
                            null,
                            options.getProperties(),
                            mode,
                            mode == SslMode.DISABLED ? null : options.getSslOptions(),
                            offers(options),
                            StandardCharsets.UTF_8,
                            options.getAuthenticationPlugin()));
        });
    }

    private static int offers(MySQLConnectOptions options) {
        boolean hasDatabase =
                options.getDatabase() != null && !options.getDatabase().isEmpty();
        return OFFERS
                | CapabilitiesFlag.CLIENT_CONNECT_ATTRS
                | (hasDatabase ? CapabilitiesFlag.CLIENT_CONNECT_WITH_DB : 0)
                | (options.isUseAffectedRows() ? 0 : CapabilitiesFlag.CLIENT_FOUND_ROWS);
    }
}
