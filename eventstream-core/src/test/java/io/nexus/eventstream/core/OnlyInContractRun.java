package io.nexus.eventstream.core;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Keeps contracts over broken stores, which are to fail, from being run by whoever runs all classes with tests, as some
 * development environments do.
 */
final class OnlyInContractRun implements ExecutionCondition {

    /** The configuration parameter by which {@link ContractRun} tells that it is the one who runs them. */
    static final String PARAMETER = "eventstream.contract.run";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return context.getConfigurationParameter(PARAMETER).isPresent()
                ? ConditionEvaluationResult.enabled("run to see which tests fail")
                : ConditionEvaluationResult.disabled("its tests are to fail");
    }
}
