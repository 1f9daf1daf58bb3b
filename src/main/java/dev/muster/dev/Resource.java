package dev.muster.dev;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Something in a jar of the class path that is to be unpacked, and the jar that it is in. */
final class Resource implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final JarFile jar;
    private final JarEntry entry;

    private Resource(JarFile jar, JarEntry entry) {
        this.jar = jar;
        this.entry = entry;
    }

    /**
     * The one of this name.
     *
     * @throws Guarded.FailedException if it is not there
     */
    static Resource open(String name) throws IOException, Guarded.FailedException {
        URL url = Resource.class.getClassLoader().getResource(name);
        if (url == null || !(url.openConnection() instanceof JarURLConnection connection)) {
            throw new Guarded.FailedException(name + " is in no jar: run target/muster-dev.jar");
        }
        connection.setUseCaches(false);
        return new Resource(connection.getJarFile(), connection.getJarEntry());
    }

    /** Tells it from another version of itself. */
    String fingerprint() {
        return String.format("%08x", entry.getCrc());
    }

    /** Its bytes. */
    InputStream read() throws IOException {
        return jar.getInputStream(entry);
    }

    /**
     * Unpacks from a whole jar those below a prefix whose names behind it are wanted. The jar is one that another jar holds,
     * by its name beside this class, or else the one of the class path with a member of this name.
     */
    static void unpack(String nested, String member, String prefix, Predicate<String> wanted, Path target)
            throws IOException, InterruptedException, Guarded.FailedException {
        try (var zip = new ZipInputStream(new BufferedInputStream(jar(nested, member), BUFFER_BYTES))) {
            for (ZipEntry next = zip.getNextEntry(); next != null; next = zip.getNextEntry()) {
                String name = next.getName();
                if (next.isDirectory() || !name.startsWith(prefix) || !wanted.test(name.substring(prefix.length()))) {
                    continue;
                }
                Path file = target.resolve(name.substring(prefix.length())).normalize();
                if (!file.startsWith(target)) {
                    throw new IOException("a name that leads elsewhere: " + name);
                }
                Files.createDirectories(file.resolveSibling("."));
                copy(zip, file);
            }
        }
    }

    private static InputStream jar(String nested, String member) throws IOException, Guarded.FailedException {
        InputStream found = Resource.class.getResourceAsStream(nested);
        if (found != null) {
            return found;
        }
        URL url = Resource.class.getClassLoader().getResource(member);
        if (url == null || !(url.openConnection() instanceof JarURLConnection connection)) {
            throw new Guarded.FailedException(member + " is in no jar: run target/muster-dev.jar");
        }
        return connection.getJarFileURL().openStream();
    }

    private static void copy(InputStream in, Path file) throws IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        jar.close();
    }
}
