package dev.sanctum4j.spring.approval;

import dev.sanctum4j.spring.http.Limits;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * What a program sent: a form, in the body only, in which nothing stands twice (RFC 6749 §3.2). What is not known counts for nothing,
 * as everywhere in OAuth.
 */
final class DeviceForm {

    private final Map<String, String[]> parameters;

    private DeviceForm(Map<String, String[]> parameters) {
        this.parameters = parameters;
    }

    /** @throws DeviceError with {@code invalid_request} */
    static DeviceForm of(HttpServletRequest request) {
        if (!isForm(request.getContentType())) {
            throw DeviceError.invalidRequest("Send a form: application/x-www-form-urlencoded.");
        }
        if (request.getQueryString() != null) {
            throw DeviceError.invalidRequest("Send everything in the body: the URL ends up in logs.");
        }
        try {
            return new DeviceForm(request.getParameterMap());
        } catch (RuntimeException e) {
            if (Limits.isUnreadable(e)) {
                throw DeviceError.invalidRequest("The form cannot be read.");
            }
            throw e;
        }
    }

    private static boolean isForm(@Nullable String type) {
        try {
            return type != null
                    && MediaType.APPLICATION_FORM_URLENCODED.equalsTypeAndSubtype(MediaType.parseMediaType(type));
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }

    /**
     * The value of a parameter; empty if it was not sent.
     *
     * @throws DeviceError with {@code invalid_request} if it was sent twice
     */
    String value(String name) {
        String[] values = parameters.get(name);
        if (values != null && values.length > 1) {
            throw DeviceError.invalidRequest("Send " + name + " once.");
        }
        return values == null ? "" : values[0];
    }
}
