package dev.muster.node;

final class TimeOutCancelTest extends CancelCase {

    TimeOutCancelTest() {
        super(new CancelCause.TimeOut());
    }
}
