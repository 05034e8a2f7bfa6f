package dev.sanctum4j.samples.tenants;

import dev.sanctum4j.spring.AdmissionRule;
import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.OwnerLoader;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** One application for many firms, each at a host of its own: acme.localhost, globex.localhost. */
@SpringBootApplication
@RestController
@SuppressWarnings("serial") // members are in no session here
public class Tenants {

    public static void main(String[] args) {
        SpringApplication.run(Tenants.class, args);
    }

    // tag::tenant-member
    /** Somebody at a firm. The same address at another firm is somebody else. */
    record Member(String tenant, String email) implements UserDetails {

        String id() {
            return tenant + "/" + email;
        }

        @Override
        public String getUsername() {
            return email;
        }

        @Override
        public String getPassword() {
            return "{noop}" + tenant; // stands for a hash in the firm's table
        }

        @Override
        public Collection<? extends GrantedAuthority> getAuthorities() {
            return AuthorityUtils.createAuthorityList("ROLE_MEMBER");
        }
    }
    // end::tenant-member

    // tag::tenant-rule
    /** The firm whose host was called. A header of the caller's own choosing would do as well: the rule below checks it. */
    static String tenantOf(HttpServletRequest request) {
        return request.getServerName().split("\\.", 2)[0];
    }

    /** A token counts at the host of its own firm only. */
    @Bean
    AdmissionRule sameTenant() {
        return AdmissionRule.admitting(
                (token, request) -> request != null && token.owner().id().startsWith(tenantOf(request) + "/"));
    }
    // end::tenant-rule

    // tag::tenant-loader
    @Bean
    OwnerLoader memberOwners(Members members) {
        return new OwnerLoader() {
            @Override
            public String type() {
                return "member";
            }

            @Override
            public Optional<LoadedOwner> load(String id) {
                String[] parts = id.split("/", 2);
                return members.find(parts[0], parts[1])
                        .map(member -> new LoadedOwner(
                                member, member.email(), member.getAuthorities(), member.isEnabled(), null, null));
            }

            @Override
            public Optional<String> idOf(Object principal) {
                return principal instanceof Member member ? Optional.of(member.id()) : Optional.empty();
            }
        };
    }

    /** Passwords are looked up at the firm whose host was called. */
    @Bean
    UserDetailsService signIn(Members members, HttpServletRequest current) {
        return email ->
                members.find(tenantOf(current), email).orElseThrow(() -> new UsernameNotFoundException("unknown"));
    }
    // end::tenant-loader

    /** Stands for a table, or for a database for each firm. */
    @Bean
    Members members() {
        return (tenant, email) -> Set.of("acme", "globex").contains(tenant) && email.equals("ada@example.test")
                ? Optional.of(new Member(tenant, email))
                : Optional.empty();
    }

    interface Members {
        Optional<Member> find(String tenant, String email);
    }

    // tag::tenant-route
    /** Asks the member for the firm, never the request: what is shown cannot be of another one. */
    @GetMapping("/api/orders")
    List<String> orders(@AuthenticationPrincipal Member member) {
        return List.of("tea for " + member.tenant());
    }
    // end::tenant-route
}
