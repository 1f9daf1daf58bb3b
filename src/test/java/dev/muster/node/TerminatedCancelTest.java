package dev.muster.node;

final class TerminatedCancelTest extends CancelCase {

    TerminatedCancelTest() {
        super(new CancelCause.Terminated());
    }
}
