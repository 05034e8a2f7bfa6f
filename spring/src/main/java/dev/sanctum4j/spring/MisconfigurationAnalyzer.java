package dev.sanctum4j.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says at start what is wrong with a setting that cannot be used, without a stack trace. */
class MisconfigurationAnalyzer extends AbstractFailureAnalyzer<MisconfigurationException> {

    @Override
    protected FailureAnalysis analyze(Throwable root, MisconfigurationException cause) {
        return new FailureAnalysis(cause.finding().rule(), cause.finding().change(), root);
    }
}
