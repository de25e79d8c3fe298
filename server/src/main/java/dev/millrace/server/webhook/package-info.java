/// Telling other programs what happens, by POSTs to addresses that they gave.
///
/// Read [WebhookSender] first: it hears of events, keeps what is to be sent in the state, and sends it until it has arrived or a day is over. [Webhooks] are
/// who wants to hear of what.
@NullMarked
package dev.millrace.server.webhook;

import org.jspecify.annotations.NullMarked;
