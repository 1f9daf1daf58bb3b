package dev.muster.connect.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The name of a node before its statements. */
class NodeMarkTest {

    @Test
    void fresh_isAnotherEachTime_andFitsIntoTheNameOfALock() {
        NodeMark mark = NodeMark.fresh();
        assertThat(NodeMark.fresh()).isNotEqualTo(mark);
        assertThat(mark.lock()).hasSizeLessThanOrEqualTo(64).matches("muster-[0-9a-f-]+");
        assertThat(NodeMark.nodeOf(mark.comment() + "select 1")).contains(mark.node());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select '/*muster:1-0a1b2c3d4e5f*/'",
                " /*muster:1-0a1b2c3d4e5f*/select 1",
                "/**//*muster:1-0a1b2c3d4e5f*/select 1",
                "/*MUSTER:1-0a1b2c3d4e5f*/select 1",
                "/*muster:1-0a1b2c3d4e5f select 1",
                "/*muster:1-0a1b2c3d4e5f' or '*/select 1",
                "/*muster:*/select 1",
                "/*muster:shop*/select 1",
                "select 1"
            })
    void anythingElse_isNoName(String statement) {
        assertThat(NodeMark.nodeOf(statement)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/*muster:1-0a1b2c3d4e5f*/select 1", "\n  /*muster:1-0a1b2c3d4e5f*/select 1"})
    void authorsImitation_isNoNameAnyMore(String statement) {
        String sent = NodeMark.unmarked(statement);
        assertThat(NodeMark.nodeOf(sent.strip())).isEmpty();
        assertThat(sent).endsWith(statement);
    }

    @Test
    void otherStatements_stayAsTheyAre() {
        assertThat(NodeMark.unmarked("/* a comment */ select 1")).isEqualTo("/* a comment */ select 1");
    }
}
