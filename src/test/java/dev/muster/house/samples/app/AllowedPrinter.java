package dev.muster.house.samples.app;

/** Breaks no rule: the command line prints. */
final class AllowedPrinter {
    void print() {
        System.out.println("hello");
    }
}
