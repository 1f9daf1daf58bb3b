package dev.muster.node;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs nodes that join or leave the cluster. */
public record ClusterNews(String cluster) implements MembershipListener {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterNews.class);

    @Override
    public void memberAdded(MembershipEvent event) {
        say("joined", event);
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        say("left", event);
    }

    private void say(String what, MembershipEvent event) {
        LOG.info(
                "the node {}:{} {} the cluster {}, which has {} nodes now",
                event.getMember().getAddress().getHost(),
                event.getMember().getAddress().getPort(),
                what,
                cluster,
                event.getMembers().size());
    }
}
