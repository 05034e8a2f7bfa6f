package dev.sanctum4j.existing;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.util.Map;
import java.util.TreeMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The application's own tests, run as it would run them. */
final class Slices {

    private Slices() {}

    static Recording run(String names) {
        LauncherDiscoveryRequest all = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectPackage("com.example.shop"))
                .filters(ClassNameFilter.includeClassNamePatterns(names))
                .build();
        Map<String, String> results = new TreeMap<>();
        LauncherFactory.create().execute(all, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest() || result.getThrowable().isPresent()) {
                    results.put(
                            test.getLegacyReportingName() + " "
                                    + test.getUniqueId().replaceAll(".*\\[class:([^]]+)].*", "$1"),
                            result.getStatus()
                                    + result.getThrowable()
                                            .map(e -> "\n" + Recorder.rootOf(e))
                                            .orElse(""));
                }
            }
        });
        return new Recording(results);
    }
}
