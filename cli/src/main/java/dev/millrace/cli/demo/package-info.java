/// A source to play with: a PostgreSQL server, a sample shop in it, and customers who buy.
///
/// Read [SampleShop] and [ShopTraffic] first. This package speaks to the source as its owner would, and knows nothing of replication
/// but what a source needs for it.
@NullMarked
package dev.millrace.cli.demo;

import org.jspecify.annotations.NullMarked;
