package dev.sanctum4j.spa;

import java.net.IDN;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a request was sent by one of the application's own pages, and so may use the session cookie. It only
 * selects how a caller is asked to prove who it is; it proves nothing, and CSRF protection still stands behind it.
 *
 * <p>The first header that is present decides, and nothing rescues it: {@code Origin}; else {@code Sec-Fetch-Site}; else
 * {@code Referer}. A request with none of them is not first-party. Headers are taken apart and scheme, host and port
 * compared; nothing is matched as text.
 *
 * <p>Immutable and thread-safe.
 */
public final class FirstParty {

    /** The entry that stands for the host a request was sent to. */
    public static final String SELF = "self";

    private final List<Entry> entries;
    private final boolean self;

    private FirstParty(List<Entry> entries, boolean self) {
        this.entries = List.copyOf(entries);
        this.self = self;
    }

    /**
     * A rule over these hosts. An entry is a host with optional scheme and port: {@code app.example.com},
     * {@code localhost:3000}, {@code http://app.test}, {@code *.example.com} (any name below it, not itself),
     * {@code localhost:*} (any port), or {@value #SELF}. Without a scheme it means https, and http too for loopback
     * names; without a port, the scheme's own.
     *
     * @throws IllegalArgumentException if an entry cannot be read, naming it
     */
    public static FirstParty of(Collection<String> entries) {
        List<Entry> read = new ArrayList<>();
        boolean self = false;
        for (String entry : entries) {
            if (entry.trim().equals(SELF)) {
                self = true;
            } else {
                read.add(Entry.read(entry));
            }
        }
        return new FirstParty(read, self);
    }

    /**
     * Whether a request is first-party.
     *
     * @param origin the header {@code Origin}, if present
     * @param fetchSite the header {@code Sec-Fetch-Site}, if present
     * @param referer the header {@code Referer}, if present
     * @param own where the request was sent to, as {@code scheme://host[:port]}
     */
    public boolean admits(@Nullable String origin, @Nullable String fetchSite, @Nullable String referer, String own) {
        if (origin != null) {
            return lists(Site.ofOrigin(origin), own);
        }
        if (fetchSite != null && !fetchSite.equals("same-site")) {
            return fetchSite.equals("same-origin") && lists(Site.ofOrigin(own), own);
        }
        return referer != null && lists(Site.ofReferer(referer), own);
    }

    /** Whether {@code origin}, as {@code scheme://host[:port]}, is one of the hosts listed; for CORS. */
    public boolean listsOrigin(String origin) {
        Site site = Site.ofOrigin(origin);
        return site != null && entries.stream().anyMatch(entry -> entry.matches(site));
    }

    private boolean lists(@Nullable Site site, String own) {
        if (site == null) {
            return false;
        }
        return self && isSelf(site, own) || entries.stream().anyMatch(entry -> entry.matches(site));
    }

    private static boolean isSelf(Site site, String own) {
        Site here = Site.ofOrigin(own);
        return here != null
                && here.host().equals(site.host())
                && (site.scheme() == null ? site.portIf(here.scheme()) == here.port() : site.equals(here));
    }

    /** One host of the list; the scheme is absent where https, or loopback http, is meant; port 0 is any. */
    private record Entry(@Nullable String scheme, String host, boolean below, int port) {

        static Entry read(String text) {
            String rest = text.trim();
            String scheme = null;
            int colon = rest.indexOf("://");
            if (colon >= 0) {
                scheme = rest.substring(0, colon).toLowerCase(Locale.ROOT);
                rest = rest.substring(colon + 3);
            }
            boolean below = rest.startsWith("*.");
            if (below) {
                rest = rest.substring(2);
            }
            boolean anyPort = rest.endsWith(":*");
            if (anyPort) {
                rest = rest.substring(0, rest.length() - 2);
            }
            Site site = Site.read(scheme, ascii(rest));
            if (site == null) {
                throw new IllegalArgumentException("'" + text + "' is not a host: write it like app.example.com, "
                        + "localhost:3000, https://app.example.com:8443, *.example.com or self, without a path");
            }
            return new Entry(scheme, site.host(), below, anyPort ? 0 : site.port());
        }

        private static String ascii(String host) {
            try {
                return host.startsWith("[") ? host : IDN.toASCII(host);
            } catch (IllegalArgumentException e) {
                return ""; // which is no host
            }
        }

        boolean matches(Site site) {
            return (below ? site.host().endsWith("." + host) : site.host().equals(host))
                    && schemeMatches(site)
                    && portMatches(site);
        }

        private boolean schemeMatches(Site site) {
            if (site.scheme() == null) {
                return true;
            }
            return scheme == null
                    ? site.scheme().equals("https") || site.isLoopback()
                    : site.scheme().equals(scheme);
        }

        private boolean portMatches(Site site) {
            String meant = site.scheme() != null ? site.scheme() : scheme != null ? scheme : "https";
            return port == 0 || site.portIf(meant) == (port > 0 ? port : Site.defaultPort(meant));
        }
    }
}
