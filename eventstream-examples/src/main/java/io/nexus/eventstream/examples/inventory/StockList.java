package io.nexus.eventstream.examples.inventory;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The stock of every SKU at one moment.
 *
 * @param stocks the stock by SKU, of everything that had ever moved
 * @param lastOccurredAt business time of the latest movement in it, empty if there is none
 */
public record StockList(SortedMap<String, Stock> stocks, Optional<Instant> lastOccurredAt) {

    /** Copies the map. */
    public StockList {
        stocks = Collections.unmodifiableSortedMap(new TreeMap<>(stocks));
    }
}
