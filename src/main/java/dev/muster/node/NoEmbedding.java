package dev.muster.node;

import dev.muster.config.SourceConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** An embedding without servers. */
final class NoEmbedding implements Embedding {

    @Override
    public Set<String> kinds() {
        return Set.of();
    }

    @Override
    public String placeholder(SourceConfig source) {
        throw new IllegalStateException("embedded servers are not supported here: " + source.at());
    }

    @Override
    public Map<String, String> start(List<SourceConfig> sources, Consumer<String> progress) {
        throw new IllegalStateException("embedded servers are not supported here");
    }

    @Override
    public void close() {}

    @Override
    public void kill() {}
}
