package dev.sanctum4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Owner;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.store.LaravelTable;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.ImmutablePublicKeyCredentialUserEntity;

@ExtendWith(OutputCaptureExtension.class)
class OwnersOfPrincipalsTest {

    /** What the table of users has, and nobody is signed in as. */
    private record Account(long id) {}

    private final Owners owners = new Owners(
            () -> List.of(
                    OwnerLoader.of("account", Account.class, Account::id, Long::valueOf, id -> Optional.<User>empty())),
            Optional.empty(),
            LaravelTable.NONE,
            () -> person -> Optional.empty(),
            new Sleep(null, Clock.systemUTC(), event -> {}));

    @Test
    void principalOfTheClassThatTheLoaderSaysHasAnOwner() {
        assertThat(owners.require(new TestingAuthenticationToken(new Account(7), "")))
                .isEqualTo(Owner.of("account", "7"));
    }

    @Test
    void principalOfAnotherClassIsRefusedAndTheLogSaysOnceWhy(CapturedOutput output) {
        User signedIn = new User("ada@example.test", "secret", AuthorityUtils.NO_AUTHORITIES);

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> owners.require(new TestingAuthenticationToken(signedIn, "")))
                    .isInstanceOfSatisfying(
                            ProblemException.class,
                            refused ->
                                    assertThat(refused.getStatusCode().value()).isEqualTo(403));
        }

        assertThat(output)
                .containsOnlyOnce("No OwnerLoader tells an id of whoever is signed in as " + User.class.getName())
                .contains("loaders for [account]")
                .doesNotContain("ada@example.test");
    }

    @Test
    void whoeverSignedInByAPasskeyIsWhomTheUserServiceKnowsByThatName() {
        OwnerLoader users = new UserDetailsOwnerLoader(
                "user", name -> User.withUsername(name).password("x").build());

        assertThat(users.idOf(ImmutablePublicKeyCredentialUserEntity.builder()
                        .id(new Bytes(new byte[] {1}))
                        .name("ada@example.test")
                        .displayName("Ada")
                        .build()))
                .contains("ada@example.test");
        assertThat(users.idOf("ada@example.test")).isEmpty();
    }
}
