package dev.sanctum4j.spring;

import dev.sanctum4j.Internal;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What browsers say of the page that makes a request, as {@link dev.sanctum4j.spa.FirstParty} wants it. */
@Internal
public final class PageHeaders {

    private PageHeaders() {}

    /** A header that was sent once; null if it was not sent. One that is sent twice is present and names no page. */
    public static @Nullable String one(HttpServletRequest request, String name) {
        List<String> values = Collections.list(request.getHeaders(name));
        return values.size() > 1 ? "null" : values.isEmpty() ? null : values.get(0);
    }

    /** The origin that was asked, which pages of this host have. */
    public static String asked(HttpServletRequest request) {
        return request.getScheme() + "://" + request.getServerName() + ":" + request.getServerPort();
    }
}
