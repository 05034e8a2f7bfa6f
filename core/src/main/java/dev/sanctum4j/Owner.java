package dev.sanctum4j;

/**
 * Whom a token belongs to. Compares exactly, whatever the database's collation.
 *
 * @param type the kind of owner, {@code tokenable_type} in the table: {@code user}, or a Laravel class name such as
 *     {@code App\Models\User}. It is only ever compared, never loaded as a class
 * @param id the owner's stable key as text: a number, a UUID, a name
 */
public record Owner(String type, String id) {

    private static final int MAX_LENGTH = 255;

    /**
     * An owner.
     *
     * @throws IllegalArgumentException if either part is empty or longer than 255 characters
     */
    public Owner {
        check("type", type);
        check("id", id);
    }

    /**
     * The owner with this type and id.
     *
     * @throws IllegalArgumentException if either part is empty or longer than 255 characters
     */
    public static Owner of(String type, String id) {
        return new Owner(type, id);
    }

    /**
     * The owner with this type and numeric id.
     *
     * @throws IllegalArgumentException if the type is empty or longer than 255 characters
     */
    public static Owner of(String type, long id) {
        return new Owner(type, Long.toString(id));
    }

    private static void check(String what, String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "owner " + what + " must have 1 to " + MAX_LENGTH + " characters, had " + text.length());
        }
    }

    @Override
    public String toString() {
        return type + ":" + id;
    }
}
