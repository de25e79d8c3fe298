package dev.millrace.testkit.postgres;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/// Runs a test with the major versions of PostgreSQL that it names, as [TestPostgres#chosen] has it: with the first and the last of them, and with
/// all in the profile `every-version`.
@ParameterizedTest
@ArgumentsSource(OnVersions.Provider.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Documented
public @interface OnVersions {

    /// The versions between whose ends something may differ that the test looks at; ascending.
    int[] value();

    /// Gives the versions, for JUnit.
    final class Provider implements ArgumentsProvider, AnnotationConsumer<OnVersions> {

        private int[] versions = {};

        /// For JUnit.
        public Provider() {}

        @Override
        public void accept(OnVersions annotation) {
            versions = annotation.value();
        }

        @Override
        public Stream<? extends Arguments> provideArguments(ParameterDeclarations parameters, ExtensionContext context) {
            return TestPostgres.chosen(Arrays.stream(versions).boxed().toList()).stream().map(Arguments::of);
        }
    }
}
