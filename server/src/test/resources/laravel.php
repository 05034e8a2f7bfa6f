<?php

/*
 * What a Laravel application with Sanctum does to its tables, in plain PHP: the statements, their order, their bindings and the
 * settings of the connection were recorded from Laravel 12.67.0 with Sanctum 4.0.1 on MariaDB 10.11, PostgreSQL 15 and SQLite.
 *
 *   php laravel.php DSN USER COMMAND [ARGUMENT...]      one JSON value is the answer
 *
 * The application's settings are environment variables: APP_TIMEZONE (app.timezone), DB_TIMEZONE (the connection's timezone),
 * DB_SEARCH_PATH (its search_path) and SOFT_DELETES=1 (the model of its people has the trait).
 */

date_default_timezone_set(getenv('APP_TIMEZONE') ?: 'UTC');
[, $dsn, $user, $command] = $argv;
$arguments = array_slice($argv, 4);
$driver = strstr($dsn, ':', true);

const OWNERS = ['App\Models\User' => 'users'];

function connect(string $dsn, string $user): PDO
{
    global $driver;
    $db = new PDO($dsn, $user, '', [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_EMULATE_PREPARES => false]);
    $zone = getenv('DB_TIMEZONE');
    match ($driver) {
        'mysql' => $db->exec("SET NAMES 'utf8mb4' COLLATE 'utf8mb4_unicode_ci', ".($zone ? "time_zone='$zone', " : '')
            ."SESSION sql_mode='ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
            ."ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';"),
        'pgsql' => $zone && $db->exec("set time zone '$zone'"),
        'sqlite' => $db->exec('pragma foreign_keys = 1'),
    };
    if ($driver === 'pgsql') {
        $db->exec('set search_path to "'.(getenv('DB_SEARCH_PATH') ?: 'public').'"');
    }

    return $db;
}

/** A statement of Laravel's, as it writes it for PostgreSQL and SQLite; on MySQL its names have other quotes. */
function ask(string $sql, mixed ...$values): PDOStatement
{
    global $db, $driver;
    $statement = $db->prepare($driver === 'mysql' ? str_replace('"', '`', $sql) : $sql);
    foreach ($values as $i => $value) {
        $statement->bindValue($i + 1, $value, is_int($value) ? PDO::PARAM_INT : PDO::PARAM_STR);
    }
    $statement->execute();

    return $statement;
}

function row(string $sql, mixed ...$values): ?array
{
    return ask($sql, ...$values)->fetch(PDO::FETCH_ASSOC) ?: null;
}

function at(int $seconds = 0): string
{
    return date('Y-m-d H:i:s', time() + $seconds);
}

/** What the model's scope adds where people are looked up. */
function living(): string
{
    return getenv('SOFT_DELETES') ? ' and "users"."deleted_at" is null' : '';
}

/** The name of a time in an update through Eloquent's builder, to which MySQL's grammar adds the table. */
function updatedAt(): string
{
    global $driver;

    return $driver === 'mysql' ? '"users"."updated_at"' : '"updated_at"';
}

/** The row of a token: by its number and then its hash, or by its hash alone. */
function find(string $token): ?array
{
    if (! str_contains($token, '|')) {
        return row('select * from "personal_access_tokens" where "token" = ? limit 1', hash('sha256', $token));
    }
    [$id, $secret] = explode('|', $token, 2);
    $found = row('select * from "personal_access_tokens" where "personal_access_tokens"."id" = ? limit 1', $id);

    return $found && hash_equals($found['token'], hash('sha256', $secret)) ? $found : null;
}

/** The row of a token that the guard lets in, and its owner; a use is noted. */
function guard(string $token): ?array
{
    $found = find($token);
    $expires = $found['expires_at'] ?? null;
    if (! $found || ($expires !== null && strtotime($expires) < time())) {
        return null;
    }
    $table = OWNERS[$found['tokenable_type']] ?? null;
    $owner = $table
        ? row("select * from \"$table\" where \"$table\".\"id\" = ?".living().' limit 1', (int) $found['tokenable_id'])
        : null;
    if (! $owner) {
        return null;
    }
    ask('update "personal_access_tokens" set "last_used_at" = ?, "updated_at" = ? where "id" = ?', at(), at(), $found['id']);

    return [$found, $owner];
}

function accept(string $token): ?array
{
    [$found, $owner] = guard($token) ?? [null, null];

    return $found ? ['email' => $owner['email'], 'abilities' => json_decode($found['abilities'], true)] : null;
}

function person(string $email): ?array
{
    return row('select * from "users" where "email" = ?'.living().' limit 1', $email);
}

/** Its hasher, which throws where this says no to a hash that does not begin with $2y$. */
function verify(string $password, string $hash): bool
{
    return password_get_info($hash)['algoName'] === 'bcrypt' && password_verify($password, $hash);
}

/** An insert, and the number of its row. */
function insert(string $sql, mixed ...$values): string
{
    global $db, $driver;

    return $driver === 'pgsql' ? ask("$sql returning \"id\"", ...$values)->fetchColumn() : (ask($sql, ...$values) ? $db->lastInsertId() : '');
}

/** The text of a new token, as createToken makes it. */
function issue(string $email, string $name, string $abilities, ?string $seconds = null): string
{
    $letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    $secret = '';
    for ($i = 0; $i < 40; $i++) {
        $secret .= $letters[random_int(0, 61)];
    }
    $secret .= hash('crc32b', $secret);
    $id = insert(
        'insert into "personal_access_tokens" ("name", "token", "abilities", "expires_at", "tokenable_id", "tokenable_type",'
            .' "updated_at", "created_at") values (?, ?, ?, ?, ?, ?, ?, ?)',
        $name, hash('sha256', $secret), json_encode(json_decode($abilities)), $seconds === null ? null : at((int) $seconds),
        person($email)['id'], array_key_first(OWNERS), at(), at(),
    );

    return "$id|$secret";
}

function change(string $token, string $column, mixed $value): int
{
    return ask("update \"personal_access_tokens\" set \"$column\" = ?, \"updated_at\" = ? where \"id\" = ?", $value, at(), find($token)['id'])->rowCount();
}

/** $user->currentAccessToken()->delete() behind the guard. */
function logout(string $token): int
{
    return ask('delete from "personal_access_tokens" where "id" = ?', guard($token)[0]['id'])->rowCount();
}

/** $user->tokens()->delete() */
function logoutEverywhere(string $email): int
{
    return ask(
        'delete from "personal_access_tokens" where "personal_access_tokens"."tokenable_type" = ?'
            .' and "personal_access_tokens"."tokenable_id" = ? and "personal_access_tokens"."tokenable_id" is not null',
        array_key_first(OWNERS), person($email)['id'],
    )->rowCount();
}

/** $user->delete() and ->restore() with SoftDeletes. */
function softDelete(string $email, bool $back = false): int
{
    $id = row('select * from "users" where "email" = ? limit 1', $email)['id'];

    return ask('update "users" set "deleted_at" = ?, '.updatedAt().' = ? where "id" = ?', $back ? null : at(), at(), $id)->rowCount();
}

/** A user's new password; the attributes that changed, and no others. */
function password(string $email, string $hash): int
{
    return ask('update "users" set "password" = ?, '.updatedAt().' = ? where "id" = ?', $hash, at(), person($email)['id'])->rowCount();
}

/** sanctum:prune-expired */
function prune(string $hours): int
{
    return ask('delete from "personal_access_tokens" where "expires_at" < ?', at(-3600 * (int) $hours))->rowCount();
}

/** What artisan migrate makes of Laravel's and Sanctum's migrations. */
function migrate(bool $people): bool
{
    global $driver;
    [$id, $number, $text, $time, $end] = match ($driver) {
        'mysql' => ['bigint unsigned not null auto_increment primary key', 'bigint unsigned', 'varchar(%d)', 'timestamp', " default character set utf8mb4 collate 'utf8mb4_unicode_ci'"],
        'pgsql' => ['bigserial not null primary key', 'bigint', 'varchar(%d)', 'timestamp(0) without time zone', ''],
        'sqlite' => ['integer primary key autoincrement not null', 'integer', 'varchar', 'datetime', ''],
    };
    [$v255, $v100, $v64] = [sprintf($text, 255), sprintf($text, 100), sprintf($text, 64)];
    if ($people) {
        ask("create table \"users\" (\"id\" $id, \"name\" $v255 not null, \"email\" $v255 not null, \"email_verified_at\" $time null,"
            ." \"password\" $v255 not null, \"remember_token\" $v100 null, \"created_at\" $time null, \"updated_at\" $time null)$end");
        unique('users', 'email');
        if (getenv('SOFT_DELETES')) {
            ask("alter table \"users\" add \"deleted_at\" $time null");
        }
    }
    ask("create table \"personal_access_tokens\" (\"id\" $id, \"tokenable_type\" $v255 not null, \"tokenable_id\" $number not null,"
        ." \"name\" $v255 not null, \"token\" $v64 not null, \"abilities\" text null, \"last_used_at\" $time null,"
        ." \"expires_at\" $time null, \"created_at\" $time null, \"updated_at\" $time null)$end");
    ask('create index "personal_access_tokens_tokenable_type_tokenable_id_index" on "personal_access_tokens" ("tokenable_type", "tokenable_id")');
    unique('personal_access_tokens', 'token');

    return true;
}

function unique(string $table, string $column): void
{
    global $driver;
    ask($driver === 'pgsql'
        ? "alter table \"$table\" add constraint \"{$table}_{$column}_unique\" unique (\"$column\")"
        : "create unique index \"{$table}_{$column}_unique\" on \"$table\" (\"$column\")");
}

/** artisan migrate:fresh: every table goes, and on SQLite the content of the file. */
function fresh(): bool
{
    global $db, $driver, $dsn, $user;
    if ($driver === 'sqlite') {
        $db = null;
        file_put_contents(substr($dsn, strlen('sqlite:')), '');
        $db = connect($dsn, $user);
    } else {
        $tables = ask($driver === 'mysql'
            ? "select table_name as \"name\", table_schema as \"schema\" from information_schema.tables where table_type in ('BASE TABLE', 'SYSTEM VERSIONED') and table_schema = schema()"
            : "select c.relname as name, n.nspname as schema from pg_class c, pg_namespace n where c.relkind in ('r', 'p') and n.oid = c.relnamespace and n.nspname = current_schema()"
        )->fetchAll(PDO::FETCH_ASSOC);
        $names = implode(', ', array_map(fn ($table) => "\"$table[schema]\".\"$table[name]\"", $tables));
        if ($driver === 'mysql') {
            ask('SET FOREIGN_KEY_CHECKS=0;');
            ask("drop table $names");
            ask('SET FOREIGN_KEY_CHECKS=1;');
        } else {
            ask("drop table $names cascade");
        }
    }

    return migrate(true);
}

$db = connect($dsn, $user);
$answer = match ($command) {
    'accept' => accept($arguments[0]),
    'attempt' => ($found = person($arguments[0])) && verify($arguments[1], $found['password']),
    'issue' => issue(...$arguments),
    'narrow' => change($arguments[0], 'abilities', $arguments[1]),
    'expire' => change($arguments[0], 'expires_at', at(-60)),
    'logout' => logout($arguments[0]),
    'logout-everywhere' => logoutEverywhere($arguments[0]),
    'prune' => prune($arguments[0]),
    'hash' => password_hash($arguments[0], PASSWORD_BCRYPT, ['cost' => 10]),
    'register' => insert('insert into "users" ("name", "email", "password", "updated_at", "created_at") values (?, ?, ?, ?, ?)', 'Ada', $arguments[0], $arguments[1], at(), at()),
    'password' => password($arguments[0], $arguments[1]),
    'soft-delete' => softDelete($arguments[0]),
    'restore' => softDelete($arguments[0], true),
    'force-delete' => ask('delete from "users" where "id" = ?', person($arguments[0])['id'])->rowCount(),
    'verify' => verify(...$arguments),
    'fresh' => fresh(),
    'rollback' => ask('drop table if exists "personal_access_tokens"') !== false,
    'migrate' => migrate(false),
};
echo json_encode($answer, JSON_THROW_ON_ERROR);
