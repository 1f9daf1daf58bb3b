package dev.muster.app;

final class TimeOutCancelTest extends CancelCase {

    TimeOutCancelTest() {
        super(new CancelCause.TimeOut());
    }
}
