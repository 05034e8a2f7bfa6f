package com.example.shop;

import java.util.UUID;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;

/** A user with an id that stays, beside an address that may change. */
public final class ShopUser extends User {

    private static final long serialVersionUID = 1;

    private final UUID id;

    ShopUser(UUID id, String email, String password, String role, boolean enabled) {
        super(email, password, enabled, true, true, true, AuthorityUtils.createAuthorityList("ROLE_" + role));
        this.id = id;
    }

    public UUID id() {
        return id;
    }
}
