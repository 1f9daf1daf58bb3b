package dev.muster.connect.http;

import dev.muster.config.Fields;
import dev.muster.config.OwnSecrets;
import dev.muster.config.ShownAddress;
import dev.muster.text.Utf8;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A proxy: {@code http://user:password@host:3128}, {@code socks5://host} or {@code socks4://host}.
 *
 * @param type the protocol of the proxy
 * @param host the host, a name or an address
 * @param port the port; by default 3128 for HTTP, 1080 for SOCKS
 * @param user the user; empty for none
 * @param password the password; never shown
 * @param shown host and port, for messages
 * @param secrets the secrets of the address
 */
public record ProxySettings(
        ProxyType type, String host, int port, String user, String password, String shown, OwnSecrets secrets) {

    private static final int MAX_PORT = 65_535;

    private static final Map<String, ProxyType> TYPES = Map.of(
            "http", ProxyType.HTTP, "socks5", ProxyType.SOCKS5, "socks", ProxyType.SOCKS5, "socks4", ProxyType.SOCKS4);

    static Optional<ProxySettings> read(Fields fields) {
        Optional<String> text = fields.string("proxy");
        Optional<ProxySettings> proxy =
                text.flatMap(address -> parse(address, ShownAddress.of(fields, "proxy"), fields.secrets("proxy")));
        if (text.isPresent() && proxy.isEmpty()) {
            // The text can hold a password, so it is not quoted.
            fields.problem(
                    "proxy",
                    "proxy of " + fields.what() + " must be an address such as http://user:password@host:3128 or"
                            + " socks5://host:1080");
        }
        return proxy;
    }

    private static Optional<ProxySettings> parse(String text, ShownAddress shown, OwnSecrets secrets) {
        URI uri;
        try {
            uri = new URI(new URI(text).toASCIIString());
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        ProxyType type = TYPES.get(scheme);
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        if (type == null || uri.getHost() == null || !(path.isEmpty() || path.equals("/"))) {
            return Optional.empty();
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : type == ProxyType.HTTP ? 3128 : 1080;
        if (port < 1 || port > MAX_PORT) {
            return Optional.empty();
        }
        String info = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
        int colon = info.indexOf(':');
        try {
            String user = decoded(colon < 0 ? info : info.substring(0, colon));
            String password = colon < 0 ? "" : decoded(info.substring(colon + 1));
            return Optional.of(new ProxySettings(
                    type, uri.getHost(), port, user, password, shown.authority(uri.getHost() + ":" + port), secrets));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Decodes ASCII text whose escapes are bytes of UTF-8. */
    private static String decoded(String part) {
        String bytes = URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.ISO_8859_1);
        return Utf8.decode(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    ProxyOptions options(Duration connectTimeout) {
        var options =
                new ProxyOptions().setType(type).setHost(host).setPort(port).setConnectTimeout(connectTimeout);
        if (!user.isEmpty()) {
            options.setUsername(user).setPassword(password);
        }
        return options;
    }

    /** {@code host:port}, for messages. */
    @Override
    public String toString() {
        return shown;
    }
}
