package io.nexus.eventstream.examples.inventory;

import java.math.BigDecimal;

/** What happens to the stock of one SKU. */
public sealed interface StockEvent permits StockAdded, StockReserved, StockReleased, StockShipped, StockAdjusted {

    /** Returns how much was moved; positive except in an adjustment. */
    BigDecimal quantity();

    /** Returns why: an order, a delivery note, a count. */
    String reference();

    /** Returns the stock after this event. */
    Stock applyTo(Stock stock);
}
