package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.spring.OwnerLoader;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

/** What {@code docs/guides/users-with-ids.md} shows. */
class UsersWithIdsTest {

    /** As an entity of JPA would be. */
    static final class Member extends User {
        private static final long serialVersionUID = 1L;
        private final UUID id;

        Member(UUID id, String email) {
            super(email, "{noop}secret", AuthorityUtils.createAuthorityList("ROLE_USER"));
            this.id = id;
        }

        UUID getId() {
            return id;
        }
    }

    /** The same with a number. */
    static final class Customer extends User {
        private static final long serialVersionUID = 1L;

        Customer() {
            super("ada@example.test", "{noop}secret", AuthorityUtils.createAuthorityList("ROLE_USER"));
        }

        long getId() {
            return 7;
        }
    }

    /** As a repository of Spring Data would be. */
    record Members(Map<UUID, Member> all) {

        Optional<Member> findById(UUID id) {
            return Optional.ofNullable(all.get(id));
        }

        Optional<Member> findByEmail(String email) {
            return all.values().stream()
                    .filter(member -> member.getUsername().equals(email))
                    .findFirst();
        }
    }

    record Customers() {

        Optional<Customer> findById(Long id) {
            return id == 7 ? Optional.of(new Customer()) : Optional.empty();
        }
    }

    static class ById {
        // tag::owners-by-uuid
        @Bean
        OwnerLoader owners(Members members) {
            return OwnerLoader.of("user", Member.class, Member::getId, UUID::fromString, members::findById);
        }
        // end::owners-by-uuid
    }

    static class ByNumber {
        // tag::owners-by-number
        @Bean
        OwnerLoader owners(Customers customers) {
            return OwnerLoader.of("user", Customer.class, Customer::getId, Long::valueOf, customers::findById);
        }
        // end::owners-by-number
    }

    static class OfUserDetails {
        // tag::owners-of-user-details
        @Bean
        OwnerLoader owners(Members members) {
            return OwnerLoader.of(
                    "user",
                    UserDetails.class,
                    user -> members.findByEmail(user.getUsername())
                            .map(Member::getId)
                            .orElse(null),
                    UUID::fromString,
                    members::findById);
        }
        // end::owners-of-user-details
    }

    /** A row that is no {@link UserDetails}, as of a {@code JdbcClient}. */
    record Account(UUID id, String email, String password, String role) {}

    record Accounts(Account only) {

        Optional<Account> findById(UUID id) {
            return Optional.of(only).filter(account -> account.id().equals(id));
        }

        Optional<Account> findByEmail(String email) {
            return Optional.of(only).filter(account -> account.email().equals(email));
        }
    }

    static class OfRows {
        // tag::owners-of-rows
        @Bean
        UserDetailsService people(Accounts accounts) {
            return email -> accounts.findByEmail(email)
                    .map(account -> signedInAs(account))
                    .orElseThrow(() -> new UsernameNotFoundException(email));
        }

        @Bean
        OwnerLoader owners(Accounts accounts) {
            return OwnerLoader.of(
                    "user",
                    User.class,
                    user -> accounts.findByEmail(user.getUsername())
                            .map(Account::id)
                            .orElse(null),
                    UUID::fromString,
                    id -> accounts.findById(id).map(account -> signedInAs(account)));
        }

        private static User signedInAs(Account account) {
            return new User(
                    account.email(), account.password(), AuthorityUtils.createAuthorityList("ROLE_" + account.role()));
        }
        // end::owners-of-rows
    }

    private static final UUID ID = UUID.fromString("7f1f1c1e-0000-4000-8000-000000000000");
    private static final Member ADA = new Member(ID, "ada@example.test");
    private static final Members MEMBERS = new Members(Map.of(ID, ADA));

    @Test
    void everyLoaderFindsByIdWhomSomebodySignedInAs() {
        assertFinds(new ById().owners(MEMBERS), ADA, ID.toString());
        assertFinds(new ByNumber().owners(new Customers()), new Customer(), "7");
        User signedIn = new User("ada@example.test", "", AuthorityUtils.NO_AUTHORITIES);
        assertFinds(new OfUserDetails().owners(MEMBERS), signedIn, ID.toString());
        Accounts accounts = new Accounts(new Account(ID, "ada@example.test", "{noop}secret", "USER"));
        UserDetails row = new OfRows().people(accounts).loadUserByUsername("ada@example.test");
        assertFinds(new OfRows().owners(accounts), row, ID.toString());
    }

    private static void assertFinds(OwnerLoader loader, Object principal, String id) {
        assertThat(loader.type()).isEqualTo("user");
        assertThat(loader.idOf(principal)).contains(id);
        assertThat(loader.load(id))
                .hasValueSatisfying(found -> assertThat(found.name()).isEqualTo("ada@example.test"));
    }
}
