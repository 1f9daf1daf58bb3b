package dev.muster.cli;

import dev.muster.Edition;
import dev.muster.Main;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One call of the command line in this process, and what came of it. */
public record Called(int code, String out, String err) {

    public static Called with(String... args) {
        return with("", new Stop(), args);
    }

    public static Called with(String stdin, Stop stop, String... args) {
        var out = new ByteArrayOutputStream();
        Called called = with(stdin, stop, out, Edition.PRODUCTION, args);
        return new Called(called.code, out.toString(StandardCharsets.UTF_8), called.err);
    }

    public static Called with(String stdin, Stop stop, OutputStream out, Edition edition, String... args) {
        var in = new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8));
        return with(in, stop, out, edition, Map.of(), args);
    }

    /** With standard input and output of the test's own, and further variables. */
    public static Called with(
            InputStream in, Stop stop, OutputStream out, Edition edition, Map<String, String> more, String... args) {
        var err = new ByteArrayOutputStream();
        var env = new HashMap<>(Map.of("LANG", "C.UTF-8", "TEST_SECRET", "s3cret-word"));
        env.putAll(more);
        var io = new ProcessIo(in, out, err, false, false, env::get);
        int code = Main.run(edition, List.of(args), io, stop);
        return new Called(code, "", err.toString(StandardCharsets.UTF_8));
    }
}
