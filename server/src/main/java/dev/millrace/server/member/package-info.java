/// Who may do what: members who log in, keys by which programs come in, and the one who asks for something now.
///
/// Read [Actor] and [Role] first. This package depends on `server.state`.
@NullMarked
package dev.millrace.server.member;

import org.jspecify.annotations.NullMarked;
