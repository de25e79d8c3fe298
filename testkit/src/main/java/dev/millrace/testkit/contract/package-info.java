/// The contracts of the core's ports as tests that every implementation runs.
///
/// Read [DestinationContract] and [ChangeFeedContract] first. This package depends on the core, on the scripts in `testkit.change`, and on JUnit and AssertJ.
@NullMarked
package dev.millrace.testkit.contract;

import org.jspecify.annotations.NullMarked;
