package dev.muster.house.samples.cli;

/** Breaks no rule: the command line prints. */
final class AllowedPrinter {
    void print() {
        System.out.println("hello");
    }
}
