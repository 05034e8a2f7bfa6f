package dev.sanctum4j.spring.store;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells what a {@link StartFailure} says. */
final class StartFailureAnalyzer extends AbstractFailureAnalyzer<StartFailure> {

    private static final String MORE = "More about it: https://sanctum4j.dev/troubleshooting#the-start-ends";

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, StartFailure cause) {
        return new FailureAnalysis(cause.getMessage(), cause.action() + "\n\n" + MORE, cause);
    }
}
