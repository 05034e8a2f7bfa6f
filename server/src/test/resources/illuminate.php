<?php

/*
 * Laravel's own components, as Debian has them (8.83): Eloquent and the hasher on the command line,
 *
 *   php illuminate.php DSN USER COMMAND [ARGUMENT...]      one JSON value is the answer
 *
 * and behind php -S the cookies, session and CSRF middleware of a page. Sanctum is not among them, so its three lines stand here.
 */

use Illuminate\Config\Repository;
use Illuminate\Container\Container;
use Illuminate\Cookie\CookieJar;
use Illuminate\Cookie\Middleware\AddQueuedCookiesToResponse;
use Illuminate\Cookie\Middleware\EncryptCookies;
use Illuminate\Database\Capsule\Manager;
use Illuminate\Database\Eloquent\Model;
use Illuminate\Database\Eloquent\SoftDeletes;
use Illuminate\Encryption\Encrypter;
use Illuminate\Filesystem\Filesystem;
use Illuminate\Foundation\Application;
use Illuminate\Foundation\Http\Middleware\VerifyCsrfToken;
use Illuminate\Hashing\BcryptHasher;
use Illuminate\Http\Request;
use Illuminate\Http\Response;
use Illuminate\Pipeline\Pipeline;
use Illuminate\Session\Middleware\StartSession;
use Illuminate\Session\SessionManager;
use Illuminate\Session\TokenMismatchException;
use Illuminate\Support\Str;

error_reporting(E_ALL & ~E_DEPRECATED); // of 2022, on a PHP of today
date_default_timezone_set('UTC');
require_once 'Illuminate/autoload.php';

class User extends Model
{
    use SoftDeletes;

    protected $guarded = [];
}

class PersonalAccessToken extends Model
{
    protected $guarded = [];
    protected $casts = ['abilities' => 'json', 'last_used_at' => 'datetime', 'expires_at' => 'datetime'];

    public static function findToken(string $token): ?self
    {
        [$id, $secret] = str_contains($token, '|') ? explode('|', $token, 2) : [null, $token];
        $found = $id === null ? static::where('token', hash('sha256', $secret))->first() : static::find($id);

        return $found && hash_equals($found->token, hash('sha256', $secret)) ? $found : null;
    }

    public static function accept(string $token): ?array
    {
        $found = static::findToken($token);
        $owner = $found && ! $found->expires_at?->isPast() ? User::find($found->tokenable_id) : null;

        return $owner && $found->forceFill(['last_used_at' => now()])->save() ? $found->abilities : null;
    }

    public static function issue(User $owner, array $abilities): string
    {
        $secret = Str::random(40);
        $made = static::create(['name' => 'ci', 'token' => hash('sha256', $secret), 'abilities' => $abilities,
            'expires_at' => now()->addHour(), 'tokenable_id' => $owner->id, 'tokenable_type' => 'App\Models\User']);

        return "$made->id|$secret";
    }
}

function commands(string $dsn, string $user, string $command, string ...$arguments): mixed
{
    [$driver, $rest] = explode(':', $dsn, 2);
    parse_str(strtr($rest, ';', '&'), $place);
    $manager = new Manager;
    $manager->addConnection(['driver' => $driver, 'database' => $place['dbname'] ?? $rest, 'username' => $user, 'password' => '',
        'charset' => $driver === 'mysql' ? 'utf8mb4' : 'utf8', 'collation' => 'utf8mb4_unicode_ci', 'strict' => true,
        'schema' => getenv('DB_SEARCH_PATH') ?: 'public'] + array_intersect_key($place, ['host' => 1, 'port' => 1]));
    $manager->bootEloquent();
    $hasher = new BcryptHasher(['rounds' => 4]);
    $person = fn (bool $trashed = false) => ($trashed ? User::withTrashed() : User::query())->where('email', $arguments[0])->first();

    return match ($command) {
        'register' => User::create(['name' => 'Ada', 'email' => $arguments[0], 'password' => $hasher->make($arguments[1])])->id,
        'attempt' => ($found = $person()) !== null && $hasher->check($arguments[1], $found->password),
        'verify' => $hasher->check($arguments[0], $arguments[1]),
        'soft-delete' => $person()->delete(),
        'restore' => $person(true)->restore(),
        'issue' => PersonalAccessToken::issue($person(), json_decode($arguments[1])),
        'accept' => PersonalAccessToken::accept($arguments[0]),
        'logout' => PersonalAccessToken::findToken($arguments[0])->delete(),
    };
}

/** csrf-cookie, and everything else is a page's request that changes something. */
function page(): void
{
    $folder = getenv('SESSIONS');
    $app = new Application($folder);
    $app->instance('config', new Repository(['session' => ['driver' => 'file', 'files' => $folder, 'lottery' => [0, 1],
        'lifetime' => 120, 'expire_on_close' => false, 'encrypt' => false, 'cookie' => 'laravel_session', 'path' => '/',
        'domain' => null, 'secure' => false, 'http_only' => true, 'same_site' => 'lax']]));
    $app->instance('files', new Filesystem);
    $encrypter = new Encrypter(str_repeat('k', 32), 'AES-256-CBC');
    $cookies = $app->instance('cookie', new CookieJar);
    $request = Request::capture();
    try {
        $response = (new Pipeline($app))->send($request)->through([
            new EncryptCookies($encrypter),
            new AddQueuedCookiesToResponse($cookies),
            new StartSession(new SessionManager($app)),
            new VerifyCsrfToken($app, $encrypter),
        ])->then(fn () => new Response('', 204));
    } catch (TokenMismatchException $e) {
        $response = new Response(json_encode(['message' => $e->getMessage()]), 419);
    }
    $response->prepare($request)->send();
}

if (PHP_SAPI === 'cli-server') {
    page();
} else {
    echo json_encode(commands(...array_slice($argv, 1)), JSON_THROW_ON_ERROR);
}
