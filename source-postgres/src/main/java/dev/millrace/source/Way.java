package dev.millrace.source;

import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.position.Position;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import dev.millrace.source.copy.CopyTerms;

/// What of a source depends on how it is followed; each method as [dev.millrace.core.source.Source] has it.
interface Way {

    Position end();

    Position start();

    boolean continues(Position held);

    boolean tellsOfEnds();

    ChangeFeed openFeed(Position from);

    /// What copies have to keep to.
    CopyTerms terms();

    /// Whether a copy that an earlier run has begun can go on, as far as following is concerned.
    boolean mayResume(TableName table);

    void close();

    /// What the catalogue offers, as it can be followed so.
    ///
    /// @throws dev.millrace.core.fault.Fault if nothing can be
    Catalog offered(Catalog readable);
}
