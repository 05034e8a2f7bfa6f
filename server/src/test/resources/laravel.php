<?php

/*
 * What a Laravel application with Sanctum does to its tables, in plain PHP after Sanctum's documentation.
 *
 *   php laravel.php DSN USER COMMAND [ARGUMENT...]      one JSON value is the answer
 *
 * The time zone is UTC, as Laravel's is unless somebody sets another.
 */

date_default_timezone_set('UTC');
[, $dsn, $user, $command] = $argv;
$arguments = array_slice($argv, 4);
$db = new PDO($dsn, $user, '', [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);

const OWNERS = ['App\Models\User' => 'users'];

function ask(string $sql, mixed ...$values): PDOStatement
{
    global $db;
    $statement = $db->prepare($sql);
    $statement->execute($values);

    return $statement;
}

function row(string $sql, mixed ...$values): ?array
{
    return ask($sql, ...$values)->fetch(PDO::FETCH_ASSOC) ?: null;
}

function now(): string
{
    return date('Y-m-d H:i:s');
}

/** The row of a token: by its number and then its hash, or by its hash alone. */
function find(string $token): ?array
{
    if (! str_contains($token, '|')) {
        return row('select * from personal_access_tokens where token = ?', hash('sha256', $token));
    }
    [$id, $secret] = explode('|', $token, 2);
    $found = ctype_digit($id) ? row('select * from personal_access_tokens where id = ?', $id) : null;

    return $found && hash_equals($found['token'], hash('sha256', $secret)) ? $found : null;
}

/** What the guard makes of a token: its owner and abilities, or nothing; a use is noted. */
function accept(string $token): ?array
{
    $found = find($token);
    $expires = $found['expires_at'] ?? null;
    if (! $found || ($expires !== null && strtotime($expires) < time())) {
        return null;
    }
    $table = OWNERS[$found['tokenable_type']] ?? null;
    $owner = $table ? row("select id, email from $table where id = ?", $found['tokenable_id']) : null;
    if (! $owner) {
        return null;
    }
    ask('update personal_access_tokens set last_used_at = ?, updated_at = ? where id = ?', now(), now(), $found['id']);

    return ['email' => $owner['email'], 'abilities' => json_decode($found['abilities'], true)];
}

/** The text of a new token, as createToken makes it. */
function issue(string $email, string $name, string $abilities): string
{
    global $db;
    $owner = row('select id from users where email = ?', $email);
    $letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    $secret = '';
    for ($i = 0; $i < 40; $i++) {
        $secret .= $letters[random_int(0, 61)];
    }
    $secret .= hash('crc32b', $secret);
    ask(
        'insert into personal_access_tokens (name, token, abilities, expires_at, tokenable_id, tokenable_type,'
            .' updated_at, created_at) values (?, ?, ?, null, ?, ?, ?, ?)',
        $name, hash('sha256', $secret), json_encode(json_decode($abilities)), $owner['id'], array_key_first(OWNERS), now(), now(),
    );

    return $db->lastInsertId().'|'.$secret;
}

$answer = match ($command) {
    'accept' => accept($arguments[0]),
    'issue' => issue(...$arguments),
    'narrow' => ask('update personal_access_tokens set abilities = ?, updated_at = ? where id = ?', $arguments[1], now(), find($arguments[0])['id'])->rowCount(),
    'expire' => ask('update personal_access_tokens set expires_at = ?, updated_at = ? where id = ?', date('Y-m-d H:i:s', time() - 60), now(), find($arguments[0])['id'])->rowCount(),
    'delete' => ask('delete from personal_access_tokens where id = ?', find($arguments[0])['id'])->rowCount(),
    'hash' => password_hash($arguments[0], PASSWORD_BCRYPT, ['cost' => 10]),
    'register' => ask('insert into users (name, email, password, created_at, updated_at) values (?, ?, ?, ?, ?)', 'Ada', $arguments[0], $arguments[1], now(), now())->rowCount(),
    'verify' => password_verify($arguments[0], $arguments[1]),
};
echo json_encode($answer, JSON_THROW_ON_ERROR);
