/// Whether the sample shop is made as the demo and its texts say.
@NullMarked
package dev.millrace.cli.demo;

import org.jspecify.annotations.NullMarked;
