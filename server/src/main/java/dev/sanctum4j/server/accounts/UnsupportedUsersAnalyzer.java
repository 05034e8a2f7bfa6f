package dev.sanctum4j.server.accounts;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells at the start what is the matter, without a stack trace. */
class UnsupportedUsersAnalyzer extends AbstractFailureAnalyzer<UnsupportedUsersException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, UnsupportedUsersException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), null, failure);
    }
}
