package javax.annotation;

/** What every generated class is marked with; gone from the JDK since Java 11. */
public @interface Generated {
    String[] value();

    String comments() default "";
}
