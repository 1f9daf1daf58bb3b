package dev.muster.node;

final class DeletedCancelTest extends CancelCase {

    DeletedCancelTest() {
        super(new CancelCause.Deleted());
    }
}
