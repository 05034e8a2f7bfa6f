package dev.sanctum4j.jdbc;

/**
 * Something that an account of a database may not do.
 *
 * @param what what it may not, in words like "may not insert into personal_access_tokens"
 * @param cure a statement that gives the right, for whoever owns the table
 */
public record MissingRight(String what, String cure) {}
