package dev.muster.bus;

/**
 * What a node answers to the other nodes of its cluster: about its queues, for somebody whom they have identified, and about the end
 * of its runs. Safe on every thread.
 *
 * @param node whose queues and runs they are
 */
public record NodeAnswers(BusNode node) {

    /** Begins to answer. */
    public void open() {
        node.otherNodes()
                .answer(
                        BusQueues.PREFIX,
                        inquiry -> new BusQueues(node, inquiry.loop())
                                .actForPeer(
                                        inquiry.address(),
                                        new InquiryAsker(
                                                inquiry, node.dispatcher().memory())));
        node.otherNodes()
                .answer(
                        BusRuns.CANCEL,
                        inquiry -> new BusRuns(node, inquiry.loop())
                                .cancelHere(new InquiryAsker(
                                        inquiry, node.dispatcher().memory())));
    }
}
