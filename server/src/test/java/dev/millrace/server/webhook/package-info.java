/// Tests of webhooks, with receivers that listen on this machine.
@NullMarked
package dev.millrace.server.webhook;

import org.jspecify.annotations.NullMarked;
