/// How people come in: the first administrator by a link that the server prints, everybody else by e-mail address and password.
///
/// Read [Door] first.
@NullMarked
package dev.millrace.server.web.door;

import org.jspecify.annotations.NullMarked;
