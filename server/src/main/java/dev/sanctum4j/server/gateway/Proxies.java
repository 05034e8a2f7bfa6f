package dev.sanctum4j.server.gateway;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The gateways that are believed.
 *
 * <p>Immutable and thread-safe.
 */
final class Proxies {

    private static final Pattern LITERAL = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private final List<Network> networks;

    private Proxies(List<Network> networks) {
        this.networks = networks;
    }

    /**
     * These addresses and networks, like {@code 10.0.0.7} and {@code 10.0.0.0/8}.
     *
     * @throws IllegalArgumentException if one cannot be read, or is everybody, naming it
     */
    static Proxies of(List<String> texts) {
        return new Proxies(texts.stream().map(Network::read).toList());
    }

    /** Whether this is the address of one of them; what is no address is not. */
    boolean trusts(@Nullable String address) {
        return address(address).filter(this::trusts).isPresent();
    }

    private boolean trusts(InetAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }

    /**
     * Where a request comes from: read from the right, the first address that is none of these gateways. Whatever stands left
     * of it, its sender may have made up.
     *
     * @param peer the other end of the connection
     * @param forwardedFor the lines of {@code X-Forwarded-For}, in their order
     */
    String client(String peer, List<String> forwardedFor) {
        String[] hops = String.join(",", forwardedFor).split(",", -1);
        String last = peer;
        for (int i = hops.length - 1; i >= 0 && trusts(last); i--) {
            Optional<InetAddress> hop = address(withoutPort(hops[i].strip()));
            if (hop.isEmpty()) {
                break; // nobody behind this can be known
            }
            last = hop.get().getHostAddress();
        }
        return last;
    }

    private static String withoutPort(String hop) {
        int end = hop.startsWith("[") ? hop.indexOf(']') : -1;
        if (end > 0) {
            return hop.substring(1, end);
        }
        int colon = hop.indexOf(':');
        return colon > 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
    }

    /** An address in figures. IPv4 in the clothes of IPv6 is IPv4; names and zones are none, so no resolver is ever asked. */
    private static Optional<InetAddress> address(@Nullable String text) {
        if (text == null || !LITERAL.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** The addresses of so many bytes that begin with the same bits as the first of them, but for the last ones. */
    private record Network(int length, BigInteger first, int ignored) {

        static Network read(String text) {
            int slash = text.indexOf('/');
            InetAddress address = address(slash < 0 ? text : text.substring(0, slash))
                    .orElseThrow(() -> wrong(text, "is no address; write it like 10.0.0.7, 10.0.0.0/8 or fd00::/8"));
            byte[] bytes = address.getAddress();
            int most = bytes.length * Byte.SIZE;
            int bits = most;
            if (slash >= 0) {
                String digits = text.substring(slash + 1);
                bits = digits.matches("\\d{1,3}") ? Integer.parseInt(digits) : -1;
            }
            if (bits < 0 || bits > most) {
                throw wrong(text, "has no length from 1 to " + most + " behind its slash");
            }
            if (bits == 0) {
                throw wrong(text, "is everybody; name the gateways");
            }
            Network network = new Network(bytes.length, new BigInteger(1, bytes), most - bits);
            if (!network.contains(address)) {
                throw wrong(text, "has bits set beyond its length; leave the length away to mean one address");
            }
            return network;
        }

        private static IllegalArgumentException wrong(String text, String why) {
            return new IllegalArgumentException("sanctum.gateway.trusted-proxies: '" + text + "' " + why);
        }

        boolean contains(InetAddress other) {
            byte[] bytes = other.getAddress();
            BigInteger start = new BigInteger(1, bytes).shiftRight(ignored).shiftLeft(ignored);
            return bytes.length == length && start.equals(first);
        }
    }
}
