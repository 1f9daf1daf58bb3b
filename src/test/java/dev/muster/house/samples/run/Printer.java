package dev.muster.house.samples.run;

/** Breaks the rule that only {@code app} prints and exits. */
final class Printer {
    void out() {
        System.out.println("out");
    }

    void err() {
        System.err.println("err");
    }

    void trace(Exception failure) {
        failure.printStackTrace();
    }

    void leave() {
        System.exit(1);
    }
}
