package io.nexus.eventstream.core;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Hides the values of named fields, at any depth, before an event is shown. */
final class MaskedFields {

    private static final String MASK = "***";

    private final Set<String> names;

    MaskedFields(Set<String> names) {
        this.names = names.stream().map(MaskedFields::folded).collect(Collectors.toUnmodifiableSet());
    }

    /** Replaces the values in place and returns the same tree. */
    ObjectNode mask(ObjectNode tree) {
        for (Map.Entry<String, JsonNode> field : tree.properties()) {
            if (names.contains(folded(field.getKey()))) {
                tree.put(field.getKey(), MASK);
            } else {
                descend(field.getValue());
            }
        }
        return tree;
    }

    private void descend(JsonNode value) {
        if (value instanceof ObjectNode object) {
            mask(object);
        } else if (value instanceof ArrayNode array) {
            array.forEach(this::descend);
        }
    }

    /** Makes {@code credit_card}, {@code credit-card} and {@code creditCard} one name. */
    private static String folded(String name) {
        return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }
}
