/// What the server can connect to, described so that a form can be made of it.
///
/// Read [ConnectorType] first.
@NullMarked
package dev.millrace.server.metadata;

import org.jspecify.annotations.NullMarked;
