/// Key pairs that are made, sealed and opened.
@NullMarked
package dev.millrace.route.key;

import org.jspecify.annotations.NullMarked;
