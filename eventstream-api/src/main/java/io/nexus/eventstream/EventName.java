package io.nexus.eventstream;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Gives an event record the name and schema version under which it is stored, where the derived ones do not fit. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface EventName {

    /** The stored name. When left out, it is derived from the class: {@code AccountDebited} becomes {@code account-debited}. */
    String value() default "";

    /** The version of the record's shape, 1 or more; raise it together with an upcaster from the version before. */
    int schemaVersion() default 1;
}
