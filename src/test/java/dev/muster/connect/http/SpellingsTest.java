package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Addresses that are not public, in every spelling that some program reads: none gets through, or to a resolver. */
class SpellingsTest {

    private static final int SPELLINGS = 10_000;
    private static final HttpSettings ANY = Harness.settings("http", "any");

    private final List<String> asked = new ArrayList<>();
    private final EgressGuard guard = new EgressGuard("web", ANY, host -> {
        asked.add(host);
        return Future.succeededFuture(List.<InetAddress>of());
    });

    @Test
    void noSpellingOfAPrivateAddress_getsThrough() {
        int denied = 0;
        for (long seed = 0; seed < SPELLINGS; seed++) {
            String url = url(new Random(seed));
            if (isDenied("seed " + seed + ": " + url, url)) {
                denied++;
            }
        }
        assertThat(asked).isEmpty();
        assertThat(denied).as("those that are URLs at all").isGreaterThan(SPELLINGS / 2);
    }

    /** Denied, or else no URL at all. */
    private boolean isDenied(String what, String url) {
        Address address;
        try {
            address = Address.parse(url);
        } catch (IllegalArgumentException e) {
            return false;
        }
        var request =
                HttpRequest.of(HttpMethod.GET, address, HttpHeaders.headers(), HttpRequest.NO_BODY, ANY, false, false);
        try {
            HttpRequest sent = guard.atOnce(request);
            throw new AssertionError(what + (sent == null ? " is taken for a name" : " gets through"));
        } catch (MusterException e) {
            assertThat(e.type()).as(what).isEqualTo(ErrorType.DENIED);
            return true;
        }
    }

    private static String url(Random random) {
        int[] bytes = secret(random);
        String host = random.nextInt(3) == 0 ? "[" + version6(random, bytes) + "]" : version4(random, bytes);
        if (random.nextInt(8) == 0) {
            host = disguised(random, host);
        }
        String scheme = random.nextBoolean() ? "http://" : random.nextBoolean() ? "HTTPS://" : "hTTp://";
        String port = random.nextInt(3) == 0 ? ":" + (1 + random.nextInt(65_535)) : "";
        return scheme + host + port + (random.nextBoolean() ? "/" : random.nextBoolean() ? "" : "?x=http://8.8.8.8/");
    }

    /** An address of IPv4 that is not public. */
    private static int[] secret(Random random) {
        int a = random.nextInt(256);
        int b = random.nextInt(256);
        int c = random.nextInt(256);
        return switch (random.nextInt(8)) {
            case 0 -> new int[] {127, a, b, c};
            case 1 -> new int[] {10, a, b, c};
            case 2 -> new int[] {172, 16 + a % 16, b, c};
            case 3 -> new int[] {192, 168, b, c};
            case 4 -> new int[] {169, 254, b, c};
            case 5 -> new int[] {100, 64 + a % 64, b, c};
            case 6 -> new int[] {169, 254, 169, 254};
            default -> new int[] {0, a, b, c};
        };
    }

    /** As {@code inet_aton} takes it: one to four numbers, each decimal, octal or hexadecimal, the last for all the rest. */
    private static String version4(Random random, int[] bytes) {
        int parts = random.nextInt(3) == 0 ? 4 : 1 + random.nextInt(4);
        var text = new StringBuilder();
        for (int i = 0; i < parts - 1; i++) {
            text.append(number(random, bytes[i])).append('.');
        }
        long rest = 0;
        for (int i = parts - 1; i < 4; i++) {
            rest = rest << 8 | bytes[i];
        }
        // Some programs take what is too large, and forget the bits above.
        text.append(number(random, random.nextInt(10) == 0 ? rest + (1L << 32) : rest));
        return text + (random.nextInt(6) == 0 ? "." : "");
    }

    private static String number(Random random, long value) {
        String zeros = "0".repeat(random.nextInt(3));
        return switch (random.nextInt(6)) {
            case 0 -> "0x" + zeros + Long.toHexString(value);
            case 1 -> "0X" + Long.toHexString(value).toUpperCase(Locale.ROOT);
            case 2 -> "0" + zeros + Long.toOctalString(value);
            default -> Long.toString(value);
        };
    }

    /** In one of the ways in which IPv6 holds an address of IPv4, or private by itself. */
    private static String version6(Random random, int[] bytes) {
        String hex = String.format("%x:%x", bytes[0] << 8 | bytes[1], bytes[2] << 8 | bytes[3]);
        String dots = bytes[0] + "." + bytes[1] + "." + bytes[2] + "." + bytes[3];
        String inner = random.nextBoolean() ? hex : dots;
        String text = switch (random.nextInt(11)) {
            case 0 -> "::ffff:" + inner;
            case 1 -> "0:0:0:0:0:ffff:" + inner;
            case 2 -> "0000:0000:0000:0000:0000:FFFF:" + inner;
            case 3 -> "::" + inner;
            case 4 -> "64:ff9b::" + inner;
            case 5 -> "2002:" + hex + "::" + Integer.toHexString(random.nextInt(65_536));
            case 6 -> "2001:0:" + hex + "::" + Integer.toHexString(random.nextInt(65_536));
            case 7 -> "2606:4700::5efe:" + inner;
            case 8 -> String.format("%x::%x", 0xfc00 + random.nextInt(0x400), random.nextInt(65_536));
            case 9 -> "::ffff:0:" + inner;
            default -> random.nextBoolean() ? "::1" : "0:0:0:0:0:0:0:" + random.nextInt(2);
        };
        return random.nextBoolean() ? text : text.toUpperCase(Locale.ROOT);
    }

    private static String disguised(Random random, String host) {
        return switch (random.nextInt(7)) {
            case 0 -> "shop.example@" + host;
            case 1 -> "shop.example:80@" + host;
            case 2 -> "shop.example\\@" + host;
            case 3 -> host.replace("0", "%30");
            case 4 -> host.replace('1', '\uff11').replace('.', '\u3002');
            case 5 -> host + "\\.shop.example";
            default -> host + ".";
        };
    }
}
