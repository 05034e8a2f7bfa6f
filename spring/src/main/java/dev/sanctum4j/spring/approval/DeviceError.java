package dev.sanctum4j.spring.approval;

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

    String code() {
        return code;
    }
}
