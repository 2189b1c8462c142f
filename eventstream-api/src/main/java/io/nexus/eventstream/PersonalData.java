package io.nexus.eventstream;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component of an event record as data about a person, who may one day ask to be forgotten. It says whose data it is
 * and does nothing by itself: the module {@code eventstream-privacy} encrypts what is marked, each person's with a key of their
 * own, and erases a person by destroying that key.
 *
 * <pre>{@code
 * record CustomerRegistered(
 *         String customerId,
 *         @PersonalData(of = "customerId") String name,
 *         @PersonalData(of = "customerId", erased = "\"0001-01-01\"") LocalDate birth) {}
 * }</pre>
 *
 * <p>Records inside of records and of lists may have marked components, too.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface PersonalData {

    /**
     * Where the id of the person stands: a component of the same record ({@code customerId}, {@code customer/id}), a place seen
     * from the event ({@code /customer/id}), or an entry of the metadata ({@code metadata:userId}). It is not personal data
     * itself.
     *
     * <p>All persons of a tenant share one space of ids: customer 42 and user 42 are taken for one person, with one key, and are
     * erased together. Where they are not, use ids that differ, as {@code customer-42} and {@code user-42}.
     */
    String of();

    /**
     * What takes the value's place once the person is erased, as JSON. When left out, it is {@code "[erased]"} for a {@code
     * String}, empty for an {@code Optional}, a collection, a map or an array, and {@code null} for a component that is
     * annotated {@code Nullable}; any other needs one.
     */
    String erased() default "";
}
