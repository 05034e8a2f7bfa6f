package dev.sanctum4j.spring.people;

import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.OwnerLoader;
import java.util.Optional;
import org.springframework.security.core.authority.AuthorityUtils;

/** The people written down, as owners of tokens. */
record PeopleLoader(String type, People people) implements OwnerLoader {

    @Override
    public Optional<LoadedOwner> load(String id) {
        return people.find(id)
                .map(person -> new LoadedOwner(
                        person,
                        person.name(),
                        AuthorityUtils.createAuthorityList(person.authorities()),
                        person.disabledAt() == null,
                        person.createdAt(),
                        null,
                        person.seenAt()));
    }

    @Override
    public Optional<String> idOf(Object principal) {
        return principal instanceof Person person ? Optional.of(person.id()) : Optional.empty();
    }
}
