package dev.sanctum4j.spring.spa;

import dev.sanctum4j.Internal;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The part of an address that counts as one caller. */
@Internal
public final class Network {

    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}");
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{16}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*"); // and no name to look up

    private Network() {}

    /** Whether an address is one that the whole world knows; false also for what is none. */
    public static boolean isPublic(String address) {
        int zone = address.indexOf('%');
        String plain = zone < 0 ? address : address.substring(0, zone);
        if (!IPV6.matcher(plain).matches() && !IPV4.matcher(plain).matches()) {
            return false;
        }
        try {
            InetAddress parsed = InetAddress.getByName(plain);
            byte[] bytes = parsed.getAddress();
            boolean shared = bytes.length == 4
                    ? bytes[0] == 100 && (bytes[1] & 0xC0) == 64 // by the customers of a provider (RFC 6598)
                    : (bytes[0] & 0xFE) == 0xFC; // within a site (RFC 4193)
            return !shared
                    && !parsed.isLoopbackAddress()
                    && !parsed.isSiteLocalAddress()
                    && !parsed.isLinkLocalAddress()
                    && !parsed.isAnyLocalAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /**
     * How the names of the networks begin that {@link #of} gives for a larger one, and whose customer may be one and the same: a /48 of
     * IPv6, of which homes get a part and anybody a whole one for the asking, and a /24 of IPv4.
     */
    public static String around(String network) {
        int dot = network.lastIndexOf('.');
        if (dot >= 0) {
            return network.substring(0, dot + 1);
        }
        return HEX.matcher(network).matches() ? network.substring(0, 48 / 4) : network;
    }

    /** An IPv6 customer owns a whole /64, so that is what counts as one address. */
    public static String of(String address) {
        int zone = address.indexOf('%');
        String plain = zone < 0 ? address : address.substring(0, zone);
        if (!IPV6.matcher(plain).matches()) {
            return address;
        }
        try {
            InetAddress parsed = InetAddress.getByName(plain);
            if (parsed.isLoopbackAddress()) {
                return "127.0.0.1"; // one machine, by whichever protocol
            }
            return parsed instanceof Inet4Address
                    ? parsed.getHostAddress()
                    : HexFormat.of().formatHex(parsed.getAddress(), 0, 64 / Byte.SIZE);
        } catch (UnknownHostException e) {
            return address;
        }
    }
}
