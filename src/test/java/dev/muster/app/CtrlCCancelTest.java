package dev.muster.app;

final class CtrlCCancelTest extends CancelCase {

    CtrlCCancelTest() {
        super(new CancelCause.CtrlC());
    }
}
