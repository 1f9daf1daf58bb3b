package dev.muster.node;

final class SiblingFailedCancelTest extends CancelCase {

    SiblingFailedCancelTest() {
        super(new CancelCause.SiblingFailed());
    }
}
