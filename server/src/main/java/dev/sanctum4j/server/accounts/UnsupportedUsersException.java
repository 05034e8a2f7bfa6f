package dev.sanctum4j.server.accounts;

/** The people of a Laravel application are told apart by something else than numbers. */
public final class UnsupportedUsersException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnsupportedUsersException(String table, String type) {
        super("The column id of the table " + table + ", which SANCTUM_LARAVEL_USERS names, is of the type " + type
                + ": this server knows people by number. For UUIDs or ULIDs write an application with the starter and an"
                + " OwnerLoader of its own, see docs/with-laravel.md.");
    }
}
