package dev.sanctum4j.jdbc;

import dev.sanctum4j.FuzzInputs;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Any text at all in the columns that hold JSON. */
class JsonColumnFuzzTest {

    public static void fuzzerTestOneInput(byte[] data) {
        JsonColumnTest.assertAgrees(new String(data, StandardCharsets.UTF_8));
    }

    @Test
    void whatWasFoundIsRead() {
        FuzzInputs.replay(getClass(), JsonColumnFuzzTest::fuzzerTestOneInput);
    }
}
