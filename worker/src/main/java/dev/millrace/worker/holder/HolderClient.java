package dev.millrace.worker.holder;

import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.TableName;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// The desk of another process of the same user, across its socket. Each question is a connection of its own.
public final class HolderClient implements CopyDesk {

    private final HolderAddress address;

    private HolderClient(HolderAddress address) {
        this.address = address;
    }

    /// The desk of whoever holds the file at this address; empty if nobody does.
    public static Optional<CopyDesk> find(HolderAddress address) {
        Optional<SocketChannel> connected = address.connect();
        connected.ifPresent(channel -> new LineChannel(channel).close());
        return connected.isPresent() ? Optional.of(new HolderClient(address)) : Optional.empty();
    }

    @Override
    public void query(String sql, RowSink rows, StopSignal stop) {
        ask(new Ask(Ask.What.QUERY, sql, List.of()), stop, answer -> {
            if (answer.heads() != null) {
                rows.heads(answer.heads());
            }
            if (answer.rows() != null) {
                rows.rows(answer.rows());
            }
        });
    }

    @Override
    public StatusReport status() {
        AtomicReference<StatusReport> status = new AtomicReference<>();
        ask(new Ask(Ask.What.STATUS, "", List.of()), new StopSignal(), answer -> {
            if (answer.status() != null) {
                status.set(answer.status());
            }
        });
        return Optional.ofNullable(status.get()).orElseThrow(this::gone);
    }

    @Override
    public ResyncReport resync(List<TableName> tables) {
        AtomicReference<ResyncReport> report = new AtomicReference<>();
        ask(new Ask(Ask.What.RESYNC, "", names(tables)), new StopSignal(), answer -> {
            if (answer.resync() != null) {
                report.set(answer.resync());
            }
        });
        return Optional.ofNullable(report.get()).orElseThrow(this::gone);
    }

    @Override
    public void verify(List<TableName> tables, Consumer<TableFinding> findings, StopSignal stop) {
        ask(new Ask(Ask.What.VERIFY, "", names(tables)), stop, answer -> {
            if (answer.finding() != null) {
                findings.accept(answer.finding());
            }
        });
    }

    private static List<Ask.Name> names(List<TableName> tables) {
        return tables.stream().map(table -> new Ask.Name(table.schema(), table.table())).toList();
    }

    private void ask(Ask ask, StopSignal stop, Consumer<Answer> heard) {
        try (LineChannel holder = new LineChannel(address.connect().orElseThrow(this::gone))) {
            stop.then(holder::close);
            holder.writeLine(Wire.text(ask));
            while (true) {
                Answer answer = Wire.read(holder.readLine().orElseThrow(this::gone), Answer.class);
                if (answer.done() != null) {
                    return;
                }
                if (answer.fault() != null) {
                    throw asFault(answer.fault());
                }
                heard.accept(answer);
            }
        } catch (IOException e) {
            if (!stop.isGiven()) {
                throw gone();
            }
        }
    }

    private static Fault asFault(Answer.Told told) {
        return new Fault(FaultKind.valueOf(told.kind()), told.subject(), told.description(), told.remedy());
    }

    private Fault gone() {
        return new Fault(
                FaultKind.DESTINATION_HELD,
                address.socket().toString(),
                "The millrace that holds the destination ended while it was answering, so the answer is not whole.",
                "Ask again.");
    }

    @Override
    public void close() {
        // Connections live as long as one question.
    }
}
