/// Sessions with SSH servers, and the tunnel through one.
///
/// Read [SshTunnel] first, then [SshDialer]. Apache MINA SSHD does the protocol; what is decided here is who is believed, what becomes of a
/// session that broke, and what each failure is called. Depends on `core` and MINA.
@NullMarked
package dev.millrace.route.ssh;

import org.jspecify.annotations.NullMarked;
