package com.example.recipes;

import com.example.shop.ShopUser;
import com.example.shop.ShopUsers;
import dev.sanctum4j.spring.OwnerLoader;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Tokens belong to ids, which stay, and not to addresses. */
@Configuration(proxyBeanMethods = false)
class ShopOwners {

    // tag::owners-with-ids
    @Bean
    OwnerLoader owners(ShopUsers users) {
        return OwnerLoader.of("user", ShopUser.class, ShopUser::id, UUID::fromString, users::findById);
    }
    // end::owners-with-ids
}
