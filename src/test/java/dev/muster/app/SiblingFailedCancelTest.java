package dev.muster.app;

final class SiblingFailedCancelTest extends CancelCase {

    SiblingFailedCancelTest() {
        super(new CancelCause.SiblingFailed());
    }
}
