package dev.sanctum4j.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A Galera cluster of three, whose nodes fail one after the other while three servers serve. Takes a minute and a half: {@code .ci/nightly failover}. */
class GaleraFailover {

    /** Every server has a node of its own, and none keeps anything in memory. */
    @Test
    void nodesAreKilledPausedAndCutOff() throws Exception {
        try (GaleraCluster database = new GaleraCluster(3, true);
                Witness witness =
                        new Witness(Duration.ZERO, List.of(database.url(0), database.url(1), database.url(2)))) {
            witness.untilWritten(0, 1, 2);

            database.kill(2);
            long others = witness.untilWritten(0, 1);
            long back = database.restart(2);
            long all = witness.untilWritten(0, 1, 2);
            System.out.println("killed: the others write after " + others + " ms; it is back " + back
                    + " ms after its start, and all write " + all + " ms later");

            database.signal(1, "STOP");
            others = witness.untilWritten(0, 2);
            database.signal(1, "CONT");
            back = database.untilSynced(1);
            all = witness.untilWritten(0, 1, 2);
            System.out.println("paused: the others write after " + others + " ms; it is back " + back
                    + " ms after it goes on, and all write " + all + " ms later");

            database.isolate(0, true);
            others = witness.untilWritten(1, 2);
            TimeUnit.SECONDS.sleep(3);
            database.isolate(0, false);
            back = database.untilSynced(0);
            all = witness.untilWritten(0, 1, 2);
            System.out.println("cut off: the others write after " + others + " ms; it is back " + back
                    + " ms after it is let back, and all write " + all + " ms later");
            TimeUnit.SECONDS.sleep(2);
            System.out.println("three nodes of Galera: " + witness.judge());
        }
    }
}
