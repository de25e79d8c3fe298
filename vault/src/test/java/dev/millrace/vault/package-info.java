/// What is sealed opens again, and nowhere else.
@NullMarked
package dev.millrace.vault;

import org.jspecify.annotations.NullMarked;
