package dev.muster.node;

final class CtrlCCancelTest extends CancelCase {

    CtrlCCancelTest() {
        super(new CancelCause.CtrlC());
    }
}
