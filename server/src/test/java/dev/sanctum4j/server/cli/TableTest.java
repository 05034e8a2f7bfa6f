package dev.sanctum4j.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What people are called does not turn round the line it is in. */
class TableTest {

    @Test
    void nameFromRightToLeftIsIsolatedAndTakesNoRoomMore() {
        assertThat(new Table().row("NAME", "STATE").row("\u05d0\u05d1", "ok").toString())
                .isEqualTo("NAME  STATE\n\u2068\u05d0\u05d1\u2069    ok");
    }

    @Test
    void signsThatSteerAreShownAsQuestionMarks() {
        assertThat(new Table().row("a\u202eb\u2069\u0007", "ok").toString()).isEqualTo("a?b??  ok");
        assertThat(Table.shown("\u0627\u2069\u202e")).isEqualTo("\u2068\u0627??\u2069");
    }
}
