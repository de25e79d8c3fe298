package dev.millrace.source.check;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.SetupTest;
import dev.millrace.source.Following;
import dev.millrace.source.frozen.FrozenPages;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// Whether looks at tables may leave out pages on which nothing can be new. Without that they read everything, which is right and slower.
record VisibilityQuestion(CheckSettings settings) implements Question {

    @Override
    public SetupTest test() {
        return SetupTest.XMIN_EXTENSIONS;
    }

    @Override
    public List<Finding> ask(Connection session) throws SQLException {
        if (settings.following() instanceof Following.Log) {
            return List.of(Finding.skipped(test(), "The log is read, so nobody looks for rows by xmin."));
        }
        return List.of(FrozenPages.off(session)
                .map(off -> Finding.warning(test(), off.why() + " XMIN extensions are not enabled: each look reads every page.", off.remedy()))
                .orElseGet(() -> Finding.passed(test(), "Looks leave out the pages on which nothing can be new.")));
    }
}
