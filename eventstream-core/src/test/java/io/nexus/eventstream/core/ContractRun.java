package io.nexus.eventstream.core;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.nexus.eventstream.tck.EventStoreContract;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The contract run against a store inside a test, and which of its tests passed and failed. */
final class ContractRun implements TestExecutionListener {

    private final Set<String> passed = new TreeSet<>();
    private final Set<String> failed = new TreeSet<>();

    private ContractRun() {}

    /** Runs all tests of a contract, or only the named ones. */
    static ContractRun of(Class<? extends EventStoreContract> contract, String... tests) {
        List<String> wanted = List.of(tests);
        PostDiscoveryFilter filter = descriptor -> FilterResult.includedIf(wanted.isEmpty()
                || descriptor
                        .getSource()
                        .filter(source ->
                                source instanceof MethodSource method && wanted.contains(method.getMethodName()))
                        .isPresent());
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(contract))
                .filters(filter)
                .configurationParameter(OnlyInContractRun.PARAMETER, "true")
                .build();
        ContractRun run = new ContractRun();
        LauncherFactory.create().execute(request, run);
        return run;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.getSource().orElse(null) instanceof MethodSource method) {
            boolean success = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
            (success ? passed : failed).add(method.getMethodName());
        }
    }

    /** Returns the names of the tests that passed. */
    Set<String> passed() {
        return passed;
    }

    /** Returns the names of the tests that failed. */
    Set<String> failed() {
        return failed;
    }
}
