package dev.sanctum4j.server.web;

/** A field of a request is wrong; answered with 422 and Laravel's {@code errors}. */
public final class InvalidFieldException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String field;

    /**
     * What is wrong.
     *
     * @param field the field's name
     * @param sentence what is wrong and what would be right, without what was sent
     */
    public InvalidFieldException(String field, String sentence) {
        super(sentence);
        this.field = field;
    }

    String field() {
        return field;
    }
}
