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

    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*"); // and no name to look up

    private Network() {}

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
