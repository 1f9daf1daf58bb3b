package dev.muster.app;

final class DeletedCancelTest extends CancelCase {

    DeletedCancelTest() {
        super(new CancelCause.Deleted());
    }
}
