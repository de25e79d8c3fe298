package dev.millrace.source.frozen;

import dev.millrace.core.shape.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// What a scan has to read of a relation.
public sealed interface Reading {

    /// The SQL condition on rows of `ONLY relation` that lie where the scan has to read and pass `newer`. PostgreSQL reads no page for it
    /// that need not be read.
    ///
    /// @param relation the one that was asked about
    /// @param newer the scan's condition on `xmin`, by which rows are new; it names columns without a table
    String condition(TableName relation, String newer);

    /// All pages.
    ///
    /// @param why a sentence for people that says why none is left out
    record Everything(String why) implements Reading {
        @Override
        public String condition(TableName relation, String newer) {
            return newer;
        }
    }

    /// Some pages, and whatever lies behind the relation's present end.
    ///
    /// @param ranges in the order of the relation, apart from one another; the last has no end
    /// @param blocks how many of the relation's pages lie in the ranges
    /// @param size the relation's size in pages
    record Ranges(List<BlockRange> ranges, long blocks, long size) implements Reading {

        /// Keeps its own copy of the list.
        public Ranges {
            ranges = List.copyOf(ranges);
        }

        /// Parts of a relation of `size` pages, and its open end. What lies `near` pages or fewer apart becomes one range.
        static Ranges of(List<BlockRange> parts, long size, long near) {
            List<BlockRange> ranges = new ArrayList<>();
            BlockRange range = null;
            for (BlockRange part : parts) {
                if (range != null && part.from() - range.to() > near) {
                    ranges.add(range);
                    range = null;
                }
                range = range == null ? part : new BlockRange(range.from(), part.to());
            }
            if (range != null && size - range.to() > near) {
                ranges.add(range);
                range = null;
            }
            ranges.add(new BlockRange(range == null ? size : range.from(), BlockRange.OPEN));
            return new Ranges(ranges, ranges.stream().mapToLong(each -> each.pagesOf(size)).sum(), size);
        }

        /// A range of `ctid` is a TID range scan, and several that are joined by OR are a scan of the whole relation. So the ranges are
        /// gone through one after another, by one plan, and where new rows lie is found first.
        @Override
        public String condition(TableName relation, String newer) {
            if (ranges.size() == 1) {
                return "%s AND (%s)".formatted(ranges.getFirst().condition(), newer);
            }
            String from = ranges.stream().map(range -> place(range.from())).collect(Collectors.joining(","));
            String to = ranges.stream().map(range -> place(range.to())).collect(Collectors.joining(","));
            return """
                    ctid = ANY (ARRAY(
                        SELECT found.place
                        FROM unnest('{%s}'::tid[], '{%s}'::tid[]) AS part(lower, upper)
                        CROSS JOIN LATERAL unnest((
                            SELECT array_agg(looked.ctid) FROM ONLY %s looked
                            WHERE looked.ctid >= part.lower AND looked.ctid < part.upper AND (%s))) AS found(place)))"""
                    .formatted(from, to, relation.quoted(), newer);
        }

        private static String place(long block) {
            return "\"(%d,0)\"".formatted(Math.min(block, BlockRange.BLOCKS_MAX));
        }
    }
}
