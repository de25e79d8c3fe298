package dev.millrace.worker.holder;

import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.TableName;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/// Answers other processes of the same user about the copy that this process holds.
///
/// A client connects, sends one [Ask] as a line of JSON, and reads lines of [Answer] until the last. A client that goes away ends its
/// query. One virtual thread serves each client, at most [#CLIENTS_MAX] at a time.
public final class Holder implements AutoCloseable {

    static final int CLIENTS_MAX = 16;

    private static final Logger LOG = LoggerFactory.getLogger(Holder.class);

    private final HolderAddress address;
    private final CopyDesk desk;
    private final ServerSocketChannel server;
    private final Semaphore places = new Semaphore(CLIENTS_MAX);
    private final StopSignal closing = new StopSignal();

    private Holder(HolderAddress address, CopyDesk desk, ServerSocketChannel server) {
        this.address = address;
        this.desk = desk;
        this.server = server;
    }

    /// Begins to answer. The caller has opened the destination, so whatever stands at the address is left from a killed process.
    ///
    /// @param desk who knows the answers; stays the caller's to close
    public static Holder serve(HolderAddress address, CopyDesk desk) {
        try {
            address.clear();
            ServerSocketChannel server = ServerSocketChannel.open(HolderAddress.family());
            server.bind(address.address());
            Files.setPosixFilePermissions(address.socket(), PosixFilePermissions.fromString("rw-------"));
            Holder holder = new Holder(address, desk, server);
            Thread.ofPlatform().name("holder").daemon().start(holder::accept);
            return holder;
        } catch (IOException e) {
            throw new Fault(
                    FaultKind.SPOOL_UNUSABLE,
                    address.socket().toString(),
                    "The socket %s cannot be made, so other commands could not ask about this copy while it is being synced."
                            .formatted(address.socket()),
                    "Give this user the right to write in that folder.",
                    e);
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                places.acquireUninterruptibly();
                SocketChannel client = server.accept();
                Thread.ofVirtual().name("holder-client").start(() -> {
                    try (LineChannel lines = new LineChannel(client)) {
                        answer(lines);
                    } finally {
                        places.release();
                    }
                });
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                LOG.warn("holder=deaf", e);
                return;
            }
        }
    }

    private void answer(LineChannel client) {
        try {
            String line = client.readLine().orElse("");
            if (line.isEmpty()) {
                return;
            }
            StopSignal gone = new StopSignal();
            closing.then(gone::give);
            Thread.ofVirtual().name("holder-watch").start(() -> watch(client, gone));
            client.writeLine(Wire.text(carryOut(client, line, gone)));
        } catch (IOException _) {
            // The client has gone; its question was ended by the watch.
            LOG.debug("holder=client-gone");
        }
    }

    /// Waits until the client closes its end, which it does only to say that it wants no answer any more.
    private static void watch(LineChannel client, StopSignal gone) {
        try {
            if (client.readLine().isEmpty()) {
                gone.give();
            }
        } catch (IOException _) {
            gone.give();
        }
    }

    private Answer carryOut(LineChannel client, String line, StopSignal gone) throws IOException {
        try {
            reply(Wire.read(line, Ask.class), client, gone);
            return Answer.end();
        } catch (Fault fault) {
            return Answer.fault(
                    new Answer.Told(fault.kind().name(), fault.subject(), fault.description(), fault.remedy()));
        } catch (JacksonException _) {
            return Answer.fault(new Answer.Told(
                    FaultKind.OUR_BUG.name(), "holder", "The running millrace does not understand this one.", "Use the same version."));
        } catch (Gone e) {
            throw e.cause;
        } catch (RuntimeException e) {
            LOG.warn("holder=failed", e);
            return Answer.fault(new Answer.Told(
                    FaultKind.OUR_BUG.name(), "holder", "The running millrace made a mistake while answering.", "Its log says more."));
        }
    }

    private void reply(Ask ask, LineChannel client, StopSignal gone) {
        List<TableName> tables =
                ask.tables().stream().map(name -> new TableName(name.schema(), name.table())).toList();
        switch (ask.what()) {
            case QUERY -> desk.query(ask.sql(), rowsTo(client), gone);
            case STATUS -> send(client, Answer.status(desk.status()));
            case RESYNC -> send(client, Answer.resync(desk.resync(tables)));
            case VERIFY -> desk.verify(tables, finding -> send(client, Answer.finding(finding)), gone);
        }
    }

    private static RowSink rowsTo(LineChannel client) {
        return new RowSink() {
            @Override
            public void heads(List<RowSink.Head> heads) {
                send(client, Answer.heads(heads));
            }

            @Override
            public void rows(List<List<@Nullable Object>> rows) {
                send(client, Answer.rows(rows));
            }
        };
    }

    private static void send(LineChannel client, Answer answer) {
        try {
            client.writeLine(Wire.text(answer));
        } catch (IOException e) {
            throw new Gone(e);
        }
    }

    /// Stops answering, ends the questions under way, and removes the socket.
    @Override
    public void close() {
        closing.give();
        try {
            server.close();
        } catch (IOException e) {
            LOG.warn("holder=not-closed", e);
        }
        address.removeStale();
    }

    /// The client has gone in the middle of its answer.
    private static final class Gone extends RuntimeException {
        private final IOException cause;

        Gone(IOException cause) {
            super(cause);
            this.cause = cause;
        }
    }
}
