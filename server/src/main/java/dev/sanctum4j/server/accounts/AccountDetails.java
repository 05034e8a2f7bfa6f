package dev.sanctum4j.server.accounts;

import dev.sanctum4j.Owner;
import dev.sanctum4j.spring.RolesAsOf;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.CredentialsContainer;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.userdetails.UserDetails;

/** An account as Spring Security sees it. Of the account only the number goes into a session. One that a provider signed in is more. */
public class AccountDetails implements UserDetails, CredentialsContainer, RolesAsOf {

    private static final long serialVersionUID = 1L;

    private final long id;
    private final String email;
    private final Account.Role role;
    private final boolean enabled;
    private transient @Nullable Account account;
    private transient @Nullable String password;
    private transient @Nullable Instant rolesAsOf;

    protected AccountDetails(Account account) {
        this.id = account.id();
        this.email = account.email();
        this.role = account.role();
        this.enabled = account.disabledAt() == null;
        this.account = account;
        this.password = account.password();
    }

    /** One whose role a provider told then. */
    AccountDetails(Account account, @Nullable Instant rolesAsOf) {
        this(account);
        this.rolesAsOf = rolesAsOf;
    }

    /** The account's number. */
    public long id() {
        return id;
    }

    /** The account as an owner of tokens. */
    public Owner owner() {
        return Account.owner(id);
    }

    /** The account, loaded for this request; empty where this comes from a session as it was, which that of a provider does. */
    Optional<Account> loaded() {
        return Optional.ofNullable(account);
    }

    @Override
    public Collection<? extends GrantedAuthority> getAuthorities() {
        return List.of(new SimpleGrantedAuthority("ROLE_" + role));
    }

    @Override
    public @Nullable String getPassword() {
        return password;
    }

    @Override
    public String getUsername() {
        return email;
    }

    @Override
    public boolean isEnabled() {
        return enabled;
    }

    @Override
    public @Nullable Instant rolesAsOf() {
        return rolesAsOf;
    }

    @Override
    public void eraseCredentials() {
        password = null;
    }

    @Override
    public String toString() {
        return "AccountDetails[" + id + "]";
    }
}
