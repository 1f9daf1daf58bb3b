package dev.muster.app;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** One call of the command line in this process, and what came of it. */
record Called(int code, String out, String err) {

    static Called with(String... args) {
        return with("", new Stop(), args);
    }

    static Called with(String stdin, Stop stop, String... args) {
        var out = new ByteArrayOutputStream();
        Called called = with(stdin, stop, out, Edition.PRODUCTION, args);
        return new Called(called.code, out.toString(StandardCharsets.UTF_8), called.err);
    }

    static Called with(String stdin, Stop stop, OutputStream out, Edition edition, String... args) {
        var err = new ByteArrayOutputStream();
        var in = new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8));
        Map<String, String> env = Map.of("LANG", "C.UTF-8", "TEST_SECRET", "s3cret-word");
        var shell = new Shell(in, out, err, false, false, env::get);
        int code = Main.run(edition, List.of(args), shell, stop);
        return new Called(code, "", err.toString(StandardCharsets.UTF_8));
    }
}
