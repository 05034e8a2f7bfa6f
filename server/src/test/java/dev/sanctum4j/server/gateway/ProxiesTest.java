package dev.sanctum4j.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which addresses are believed (R12). */
class ProxiesTest {

    private final Proxies proxies = Proxies.of(List.of("127.0.0.0/8", "::1", "10.1.0.0/16", "fd00::/8"));

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,true",
        "127.255.0.9,true",
        "::1,true",
        "0:0:0:0:0:0:0:1,true",
        "::ffff:127.0.0.1,true",
        "10.1.255.255,true",
        "fdff::1,true",
        "10.2.0.1,false",
        "128.0.0.1,false",
        "::2,false",
        "fe80::1%eth0,false",
        "127.0.0.1:80,false",
        "127.1,false",
        "2130706433,false",
        "0x7f.0.0.1,false",
        "localhost,false",
        "'',false",
        "'127.0.0.1 ',false",
        "::::,false",
        "999.0.0.1,false"
    })
    void addressIsTrustedIfItIsOneAndListed(String address, boolean trusted) {
        assertThat(proxies.trusts(address)).isEqualTo(trusted);
    }

    @Test
    void nobodyIsTrustedWithoutAList() {
        assertThat(Proxies.of(List.of()).trusts("127.0.0.1")).isFalse();
        assertThat(proxies.trusts(null)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.9 | 6.6.6.6                           | 203.0.113.9", // the peer is no gateway of ours
                "127.0.0.1   | 203.0.113.9                       | 203.0.113.9",
                "127.0.0.1   | 6.6.6.6, 203.0.113.9              | 203.0.113.9",
                "127.0.0.1   | 6.6.6.6, 203.0.113.9, 10.1.2.3    | 203.0.113.9",
                "127.0.0.1   | 127.0.0.1, 203.0.113.9            | 203.0.113.9",
                "127.0.0.1   | 203.0.113.9:4711                  | 203.0.113.9",
                "127.0.0.1   | [2001:db8::7]:4711                | 2001:db8:0:0:0:0:0:7",
                "127.0.0.1   | 2001:db8::7                       | 2001:db8:0:0:0:0:0:7",
                "127.0.0.1   | ::ffff:203.0.113.9                | 203.0.113.9",
                "127.0.0.1   | ''                                | 127.0.0.1",
                "127.0.0.1   | unknown                           | 127.0.0.1",
                "127.0.0.1   | 203.0.113.9, unknown, 10.1.2.3    | 10.1.2.3",
                "127.0.0.1   | 203.0.113.9,                      | 127.0.0.1",
                "127.0.0.1   | fe80::1%eth0                      | 127.0.0.1",
                "127.0.0.1   | evil.example                      | 127.0.0.1"
            })
    void clientIsTheFirstStrangerFromTheRight(String peer, String forwardedFor, String client) {
        assertThat(proxies.client(peer, List.of(forwardedFor))).isEqualTo(client);
    }

    @Test
    void severalLinesAreOne() {
        assertThat(proxies.client("127.0.0.1", List.of("6.6.6.6", "203.0.113.9", "10.1.0.1")))
                .isEqualTo("203.0.113.9");
        assertThat(proxies.client("127.0.0.1", List.of())).isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0.0.0.0/0   | is everybody; name the gateways",
                "::/0        | is everybody; name the gateways",
                "10.0.0.7/8  | has bits set beyond its length; leave the length away to mean one address",
                "10.0.0.0/33 | has no length from 1 to 32 behind its slash",
                "10.0.0.0/   | has no length from 1 to 32 behind its slash",
                "gateway     | is no address; write it like 10.0.0.7, 10.0.0.0/8 or fd00::/8"
            })
    void wrongListIsToldAtStart(String text, String why) {
        assertThatThrownBy(() -> Proxies.of(List.of(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sanctum.gateway.trusted-proxies: '" + text + "' " + why);
    }
}
