/// Who may do what, who did what, and what this server is.
///
/// Each class is a page of its own.
@NullMarked
package dev.millrace.server.web.account;

import org.jspecify.annotations.NullMarked;
