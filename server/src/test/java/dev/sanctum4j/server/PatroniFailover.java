package dev.sanctum4j.server;

import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A PostgreSQL whose standby is promoted by Patroni, while three servers serve: {@code .ci/nightly failover}. */
class PatroniFailover {

    @Test
    void patroniPromotes() throws Exception {
        try (PatroniCluster database = new PatroniCluster();
                Witness witness = new Witness(Duration.ofSeconds(3), Collections.nCopies(3, database.url()))) {
            witness.untilWritten(0, 1, 2);

            long promoted = database.crash();
            long writing = witness.untilWritten(0, 1, 2);
            TimeUnit.SECONDS.sleep(5);

            System.out.println("Patroni: another primary after " + promoted + " ms, all write " + writing
                    + " ms later; " + witness.judge());
        }
    }
}
