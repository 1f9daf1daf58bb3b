package dev.muster.app;

final class TerminatedCancelTest extends CancelCase {

    TerminatedCancelTest() {
        super(new CancelCause.Terminated());
    }
}
