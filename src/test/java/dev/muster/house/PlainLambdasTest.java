package dev.muster.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

class PlainLambdasTest {

    private static final String SAMPLE = "dev/muster/house/PlainLambdasTest$Sample.class";
    private static final String INNER = "dev/muster/house/PlainLambdasTest$Sample$Inner.class";
    private static final String NAMED = "dev/muster/house/PlainLambdasTest$Sample$Named.class";
    private static final String NEST = "dev/muster/house/PlainLambdasTest.class";

    @Test
    void rewritten_saysWhatItSaidBefore() throws Exception {
        assertThat(said(PlainLambdas.rewritten(files()))).isEqualTo(new Sample(7).said());
    }

    @Test
    void rewritten_linksNothingAtRunTime() throws IOException {
        assertThat(linked(files())).isPositive();

        assertThat(linked(PlainLambdas.rewritten(files()))).isZero();
    }

    @Test
    void rewritten_isTheSameEachTime() throws IOException {
        Map<String, byte[]> once = PlainLambdas.rewritten(files());
        Map<String, byte[]> again = PlainLambdas.rewritten(files());

        assertThat(List.copyOf(again.keySet())).isEqualTo(List.copyOf(once.keySet()));
        again.forEach((path, bytes) -> assertThat(bytes).as(path).isEqualTo(once.get(path)));
    }

    @Test
    void rewritten_leavesOtherFilesAlone() {
        byte[] page = {1, 2, 3};

        assertThat(PlainLambdas.rewritten(Map.of("page.html", page))).containsExactly(Map.entry("page.html", page));
    }

    private static Map<String, byte[]> files() throws IOException {
        var files = new LinkedHashMap<String, byte[]>();
        for (String path : List.of(NEST, SAMPLE, INNER, NAMED)) {
            try (var in = Objects.requireNonNull(
                    PlainLambdasTest.class.getClassLoader().getResourceAsStream(path))) {
                files.put(path, in.readAllBytes());
            }
        }
        return files;
    }

    private static Object said(Map<String, byte[]> files) throws Exception {
        var loader = new ClassLoader(PlainLambdasTest.class.getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                byte[] bytes = files.get(name.replace('.', '/') + ".class");
                if (bytes == null) {
                    return super.loadClass(name, resolve);
                }
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : defineClass(name, bytes, 0, bytes.length);
            }
        };
        Class<?> sample = loader.loadClass(Sample.class.getName());
        var made = sample.getDeclaredConstructor(int.class);
        var said = sample.getDeclaredMethod("said");
        made.setAccessible(true);
        said.setAccessible(true);
        return said.invoke(made.newInstance(7));
    }

    /** Returns the number of instructions in these classes that are linked when they are first reached. */
    private static int linked(Map<String, byte[]> files) {
        int[] count = {0};
        files.forEach((path, bytes) -> new ClassReader(bytes)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String signature, String[] thrown) {
                                return new MethodVisitor(Opcodes.ASM9) {
                                    @Override
                                    public void visitInvokeDynamicInsn(
                                            String word, String type, Handle bootstrap, Object... given) {
                                        count[0]++;
                                    }
                                };
                            }
                        },
                        0));
        return count[0];
    }

    /** Lambdas and concatenations of every kind that a compiler generates. */
    static final class Sample {
        private final int number;

        Sample(int number) {
            this.number = number;
        }

        List<Object> said() {
            var said = new ArrayList<Object>();
            byte small = 3;
            char letter = 'x';
            double half = 0.5;
            long large = 1L << 40;
            said.add("" + small + letter + half + large + true + null + number + 1.5f + "end" + said);
            Supplier<String> nothing = () -> "nothing";
            said.add(nothing.get());
            said.add(same());
            LongSupplier all = () -> small + letter + (long) half + large + number;
            said.add(all.getAsLong());
            Function<String, Integer> length = String::length;
            said.add(length.apply("four"));
            ToLongFunction<String> wide = String::length;
            said.add(wide.applyAsLong("four"));
            ToDoubleFunction<Integer> unboxed = Integer::intValue;
            said.add(unboxed.applyAsDouble(4));
            ToLongFunction<Character> fromLetter = Sample::twice;
            said.add(fromLetter.applyAsLong('a'));
            IntFunction<int[]> array = int[]::new;
            said.add(array.apply(2).length);
            IntFunction<Sample> made = Sample::new;
            said.add(made.apply(9).number);
            IntToLongFunction widened = Math::abs;
            said.add(widened.applyAsLong(-5));
            BiFunction<Integer, Integer, Integer> sum = Integer::sum;
            said.add(sum.apply(1, 2));
            ToIntFunction<List<?>> size = List::size;
            said.add(size.applyAsInt(List.of(1, 2)));
            Runnable dropsLong = () -> said.add(number());
            dropsLong.run();
            Supplier<Object> dropped = this::number;
            said.add(dropped.get());
            Runnable ignored = this::number;
            ignored.run();
            said.addAll(Arrays.asList(new Inner(this).said(), Inner.of("b")));
            return said;
        }

        private static boolean same() {
            Supplier<?>[] made = new Supplier<?>[2];
            for (int i = 0; i < 2; i++) {
                made[i] = () -> "once";
            }
            return made[0] == made[1];
        }

        private static long twice(int value) {
            return 2L * value;
        }

        private long number() {
            return number;
        }

        /** A type whose nest host is another class. */
        private interface Named {
            String name();

            private String twice() {
                Supplier<String> both = () -> name() + name();
                return both.get();
            }
        }

        /** A type that accesses private members of its enclosing class. */
        private static final class Inner {
            private final Sample sample;

            Inner(Sample sample) {
                this.sample = sample;
            }

            String said() {
                Function<String, String> said = word -> word + sample.number + sample.number();
                return said.apply("inner ");
            }

            static String of(String text) {
                Named named = () -> text;
                return named.twice();
            }
        }
    }
}
