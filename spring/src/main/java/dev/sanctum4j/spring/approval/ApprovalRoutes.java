package dev.sanctum4j.spring.approval;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Approvals;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.ChainPart;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** The routes in our chain, and what a program is told whose token lacks something: where to ask for it. */
final class ApprovalRoutes implements ChainPart {

    private final PathPatternRequestMatcher.Builder path;
    private final AskedAbilities abilities;
    private final Tokens tokens;
    private final Addresses addresses;
    private final boolean hasDocument;
    private final boolean peopleAsk;

    ApprovalRoutes(
            PathPatternRequestMatcher.Builder path,
            AskedAbilities abilities,
            Tokens tokens,
            Addresses addresses,
            boolean hasDocument,
            boolean peopleAsk) {
        this.path = path;
        this.abilities = abilities;
        this.tokens = tokens;
        this.addresses = addresses;
        this.hasDocument = hasDocument;
        this.peopleAsk = peopleAsk;
    }

    @Override
    public List<RequestMatcher> open() {
        Stream<String> paths = Stream.of(Addresses.AUTHORIZATION, Addresses.TOKEN);
        return (hasDocument ? Stream.concat(paths, Stream.of(IssuerController.PATH)) : paths)
                .<RequestMatcher>map(path::matcher)
                .toList();
    }

    @Override
    public List<RequestMatcher> routes() {
        RequestMatcher answers = path.matcher("/api/approval/**");
        return peopleAsk ? List.of(answers, path.matcher("/api/requests/**")) : List.of(answers);
    }

    /** Nothing where nobody can be asked for what is missing, or its owner may not give it. */
    @Override
    public Map<String, Object> wayOn(HttpServletRequest request, AccessToken token, List<String> missing) {
        if (!missing.stream().allMatch(abilities::knows)) {
            return Map.of();
        }
        Predicate<String> givable;
        try {
            givable = AskedAbilities.givable(tokens, token.owner());
        } catch (InvalidTokenRequestException | TokenStoreException e) { // who gets no token at all, or nobody knows
            return Map.of();
        }
        if (!missing.stream().allMatch(givable)) {
            return Map.of();
        }
        List<String> scope = Stream.concat(
                        token.abilities().names().stream()
                                .filter(abilities::knows)
                                .filter(givable),
                        missing.stream())
                .distinct()
                .toList();
        if (scope.size() > Approvals.MAX_ABILITIES) {
            return Map.of();
        }
        Map<String, String> ask = new LinkedHashMap<>();
        ask.put("endpoint", addresses.authorization(request));
        ask.put("scope", String.join(" ", scope));
        return Map.of("ask", ask);
    }
}
