package dev.sanctum4j.spring.approval;

import dev.sanctum4j.Approvals;

/** An error in the form of RFC 6749 §5.2, which programs expect that ask. */
final class DeviceError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String code;

    DeviceError(String code, String description) {
        super(description, null, false, false);
        this.code = code;
    }

    static DeviceError invalidRequest(String description) {
        return new DeviceError("invalid_request", description);
    }

    /** Why there is no token. */
    static DeviceError of(Approvals.Reason reason) {
        return switch (reason) {
            case PENDING -> new DeviceError("authorization_pending", "Nobody has answered yet.");
            case TOO_SOON -> new DeviceError("slow_down", "Poll less often: the interval is five seconds longer now.");
            case DENIED -> new DeviceError("access_denied", "Somebody said no.");
            case EXPIRED -> new DeviceError("expired_token", "It is too late. Ask again.");
            case UNKNOWN -> new DeviceError("invalid_grant", "There is no such code, or its token was fetched.");
        };
    }

    String code() {
        return code;
    }
}
