package io.nexus.eventstream.examples.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What may be done with a stock, and what comes of it. */
class StockTest {

    private static final Stock TEN_OF_WHICH_FOUR_ARE_PROMISED = stock("10", "4");

    @Test
    void availableIsWhatIsNotPromised() {
        assertThat(TEN_OF_WHICH_FOUR_ARE_PROMISED.available()).isEqualByComparingTo("6");
        assertThat(Stock.NONE.available()).isZero();
    }

    @Test
    void shippingTakesReservedGoodsFirst() {
        StockShipped three = TEN_OF_WHICH_FOUR_ARE_PROMISED.ship(quantity("3"), "DO-1");
        StockShipped nine = TEN_OF_WHICH_FOUR_ARE_PROMISED.ship(quantity("9"), "DO-1");

        assertThat(three).isEqualTo(new StockShipped(quantity("3"), quantity("3"), "DO-1"));
        assertThat(three.applyTo(TEN_OF_WHICH_FOUR_ARE_PROMISED)).isEqualTo(stock("7", "1"));
        assertThat(nine).isEqualTo(new StockShipped(quantity("9"), quantity("4"), "DO-1"));
        assertThat(nine.applyTo(TEN_OF_WHICH_FOUR_ARE_PROMISED)).isEqualTo(stock("1", "0"));
    }

    @Test
    void nothingIsTakenThatIsNotThere() {
        Stock stock = TEN_OF_WHICH_FOUR_ARE_PROMISED;

        assertThatExceptionOfType(InsufficientStockException.class)
                .isThrownBy(() -> stock.ship(quantity("10.5"), "DO-1"))
                .withMessage("cannot ship 10.5, 10 on hand")
                .satisfies(e -> {
                    assertThat(e.asked()).isEqualByComparingTo("10.5");
                    assertThat(e.there()).isEqualByComparingTo("10");
                });
        assertThatExceptionOfType(InsufficientStockException.class)
                .isThrownBy(() -> stock.reserve(quantity("7"), "SO-1"))
                .withMessage("cannot reserve 7, 6 available");
        assertThatExceptionOfType(InsufficientStockException.class)
                .isThrownBy(() -> stock.release(quantity("5"), "SO-1"))
                .withMessage("cannot release 5, 4 reserved");
        assertThatExceptionOfType(InsufficientStockException.class)
                .isThrownBy(() -> stock.adjust(quantity("-6.01"), "Count"))
                .withMessage("cannot write off 6.01, 6 available");
    }

    @Test
    void everythingThatIsThereMayBeTaken() {
        Stock stock = TEN_OF_WHICH_FOUR_ARE_PROMISED;

        assertThat(stock.ship(quantity("10"), "").applyTo(stock)).isEqualTo(stock("0", "0"));
        assertThat(stock.reserve(quantity("6"), "").applyTo(stock)).isEqualTo(stock("10", "10"));
        assertThat(stock.release(quantity("4"), "").applyTo(stock)).isEqualTo(stock("10", "0"));
        assertThat(stock.adjust(quantity("-6"), "").applyTo(stock)).isEqualTo(stock("4", "4"));
        assertThat(stock.adjust(quantity("0"), "").applyTo(stock)).isEqualTo(stock);
    }

    @Test
    void quantitiesArePositiveExceptInAnAdjustment() {
        for (Movement movement : Movement.values()) {
            if (movement != Movement.ADJUSTED) {
                for (String quantity : List.of("0", "0.00", "-1")) {
                    assertThatExceptionOfType(IllegalArgumentException.class)
                            .as("%s %s", movement, quantity)
                            .isThrownBy(
                                    () -> movement.decide(TEN_OF_WHICH_FOUR_ARE_PROMISED, new BigDecimal(quantity), ""))
                            .withMessage("quantity %s is not positive".formatted(quantity));
                }
            }
        }
    }

    @Test
    void noQuantityEverFallsBelowZero() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Movement> movements = List.of(Movement.values());
        Stock stock = Stock.NONE;
        List<String> history = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < 10_000; i++) {
            Movement movement = movements.get(random.nextInt(movements.size()));
            BigDecimal quantity = BigDecimal.valueOf(random.nextInt(movement == Movement.ADJUSTED ? -40 : 1, 60), 1);
            try {
                stock = movement.decide(stock, quantity, "").applyTo(stock);
                history.add(movement + " " + quantity);
            } catch (InsufficientStockException e) {
                refused++;
            }
            assertThat(List.of(stock.onHand(), stock.reserved(), stock.available()))
                    .as("seed %d, after %s", seed, history.subList(Math.max(0, history.size() - 10), history.size()))
                    .allMatch(each -> each.signum() >= 0);
        }
        assertThat(refused).as("seed %d", seed).isBetween(100, 9_900);
    }

    private static Stock stock(String onHand, String reserved) {
        return new Stock(quantity(onHand), quantity(reserved));
    }

    private static BigDecimal quantity(String text) {
        return new BigDecimal(text);
    }
}
