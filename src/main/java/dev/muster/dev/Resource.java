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

/** A resource to unpack from a jar on the class path, with its open jar. */
final class Resource implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final JarFile jar;
    private final JarEntry entry;

    private Resource(JarFile jar, JarEntry entry) {
        this.jar = jar;
        this.entry = entry;
    }

    /**
     * Opens the resource of this name.
     *
     * @throws Guarded.FailedException if it does not exist or is not in a jar
     */
    static Resource open(String name) throws IOException, Guarded.FailedException {
        URL url = Resource.class.getClassLoader().getResource(name);
        if (url == null || !(url.openConnection() instanceof JarURLConnection connection)) {
            throw new Guarded.FailedException(name + " is not in the jar: run target/muster-dev.jar");
        }
        connection.setUseCaches(false);
        return new Resource(connection.getJarFile(), connection.getJarEntry());
    }

    /** A fingerprint of its content, to distinguish versions. */
    String fingerprint() {
        return String.format("%08x", entry.getCrc());
    }

    /** A stream of its bytes. */
    InputStream read() throws IOException {
        return jar.getInputStream(entry);
    }

    /**
     * Unpacks the entries of a jar that begin with a prefix and whose remaining name is wanted. The jar is a nested one beside this
     * class, or else the jar on the class path that contains the given member.
     *
     * @param nested the name of the nested jar
     * @param member the name of an entry that identifies the jar on the class path
     * @param wanted selects entries by their name after the prefix
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
                    throw new IOException("a name outside of the folder: " + name);
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
            throw new Guarded.FailedException(member + " is not in the jar: run target/muster-dev.jar");
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
