package dev.muster.node;

final class CallerGoneCancelTest extends CancelCase {

    CallerGoneCancelTest() {
        super(new CancelCause.CallerGone());
    }
}
