package dev.sanctum4j;

/**
 * A request that was just made, with its two codes, which nobody can read again. Prints stars.
 *
 * <p>Immutable and thread-safe.
 */
public final class NewApproval {

    private final ApprovalRequest request;
    private final String deviceCode;
    private final String userCode;

    NewApproval(ApprovalRequest request, String deviceCode, String userCode) {
        this.request = request;
        this.deviceCode = deviceCode;
        this.userCode = userCode;
    }

    /** What was asked. */
    public ApprovalRequest request() {
        return request;
    }

    /** What the program polls with: 43 characters, for nobody else. */
    public String revealDeviceCode() {
        return deviceCode;
    }

    /** What the program shows and a person types, like {@code BCDF-GHJK}. */
    public String revealUserCode() {
        return userCode;
    }

    @Override
    public String toString() {
        return "NewApproval[" + request.id() + ", [***]]";
    }
}
