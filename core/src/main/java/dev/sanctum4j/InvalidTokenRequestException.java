package dev.sanctum4j;

/** What was asked for cannot be issued or changed. Names the field, so that a form can show the sentence beside it. */
public final class InvalidTokenRequestException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String field;
    private final String code;

    /**
     * @param field the field at fault, as in the JSON: {@code name}, {@code abilities}, {@code expires_at}, …
     * @param code what is wrong, for programs, which do not read sentences: {@code too-long}, {@code not-in-future}, …
     * @param message what is wrong and what would be right, without secrets
     */
    public InvalidTokenRequestException(String field, String code, String message) {
        super(message);
        this.field = field;
        this.code = code;
    }

    /** The field at fault, as in the JSON. */
    public String field() {
        return field;
    }

    /** What is wrong, for programs. */
    public String code() {
        return code;
    }
}
