package dev.muster.app;

final class CallerGoneCancelTest extends CancelCase {

    CallerGoneCancelTest() {
        super(new CancelCause.CallerGone());
    }
}
