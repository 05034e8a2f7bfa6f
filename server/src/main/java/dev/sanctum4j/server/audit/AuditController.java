package dev.sanctum4j.server.audit;

import dev.sanctum4j.Owner;
import dev.sanctum4j.server.web.AdminApi;
import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.http.Paging;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.RequestFields;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The audit log, for administrators. */
@RestController
class AuditController {

    private final AuditLog log;

    AuditController(AuditLog log) {
        this.log = log;
    }

    /** One line of it. */
    record AuditLine(
            long id,
            @Nullable String at,
            String event,
            @Nullable String owner,
            @Nullable Long token_id,
            @Nullable String actor,
            @Nullable String address,
            @Nullable String detail,
            int times) {}

    /**
     * The latest lines, the newest first.
     *
     * @param owner only those about this owner, like {@code user:42}
     * @param before another word for {@code after}
     */
    @GetMapping("/api/admin/audit")
    @RequiresAbility(AdminApi.AUDIT)
    AdminApi.Page<AuditLine> audit(
            @RequestParam(defaultValue = "") String owner,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable String before,
            @RequestParam(defaultValue = Paging.USUAL) int limit,
            HttpServletRequest request,
            HttpServletResponse response) {
        Paging paging = Paging.of(after == null ? before : after, limit);
        long last = Objects.requireNonNullElse(paging.number(), Long.MAX_VALUE);
        List<AuditLine> read = log.page(owner.isEmpty() ? null : owner(owner), last, paging.read()).stream()
                .map(AuditController::line)
                .toList();
        return AdminApi.Page.of(paging, read, AuditLine::id, request, response);
    }

    private static AuditLine line(AuditLog.Numbered numbered) {
        Entry entry = numbered.entry();
        return new AuditLine(
                numbered.number(),
                AdminApi.time(entry.at()),
                entry.event(),
                entry.owner() == null ? null : entry.owner().toString(),
                entry.token() == null ? null : entry.token().value(),
                entry.actor(),
                entry.address(),
                entry.detail(),
                entry.times());
    }

    private static Owner owner(String text) {
        RequestFields.parameter("owner", text);
        int colon = text.indexOf(':');
        try {
            return Owner.of(text.substring(0, Math.max(colon, 0)), text.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            throw new ProblemException(
                    Problem.invalid("owner", "invalid", "The owner must be a type and an id, like user:42."));
        }
    }
}
