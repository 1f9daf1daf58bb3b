package dev.muster.plan;

import static dev.muster.plan.Fixture.step;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProductPageTest {

    private final Plan plan = Fixture.parse(text());

    private static String text() {
        try (var in = ProductPageTest.class.getResourceAsStream("product-page.yaml")) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void top_isRead() {
        assertThat(plan.name()).isEqualTo("product-page");
        assertThat(plan.expose()).isEqualTo(new Plan.Expose("GET", "/products/{id}"));
        assertThat(plan.timeout()).isEqualTo(Duration.ofMillis(300));
        assertThat(plan.inOrder()).isFalse();
        assertThat(plan.steps().stream().map(Step::name))
                .containsExactly("product", "stock", "orders", "reviews", "sellers");
        assertThat(plan.output().references())
                .containsExactlyInAnyOrder("product", "stock", "orders", "reviews", "sellers");
    }

    @Test
    void onlySellers_waitForTheProduct() {
        assertThat(step(plan.steps(), "sellers").dependsOn()).containsExactly("product");
        for (String name : List.of("product", "stock", "orders", "reviews")) {
            assertThat(step(plan.steps(), name).dependsOn()).isEmpty();
        }
    }

    @Test
    void product_isACallWithParameters() {
        VerbCall product = (VerbCall) step(plan.steps(), "product").action();
        assertThat(product.target()).isEqualTo("catalog");
        assertThat(product.text("rows")).contains("one");
        assertThat(product.values().get("params").evaluate(name -> Map.of("id", 7L)))
                .isEqualTo(List.of(7L));
    }

    @Test
    void stock_isARace() {
        Step stock = step(plan.steps(), "stock");
        Action.Race race = (Action.Race) stock.action();
        assertThat(race.steps().stream().map(Step::name)).containsExactly("east", "west");
        assertThat(stock.mentions()).containsExactly("input");
    }

    @Test
    void reviews_haveADefault() {
        assertThat(step(plan.steps(), "reviews").policies().otherwise()).isEqualTo(new Template.Literal(List.of()));
    }

    @Test
    void sellers_areEachWithRetries() {
        Action.Each each = (Action.Each) step(plan.steps(), "sellers").action();
        assertThat(each.as()).isEqualTo("seller");
        assertThat(each.concurrency()).isEqualTo(16);
        assertThat(each.errors()).isEqualTo(Action.ErrorRule.COLLECT);
        assertThat(each.flowsFrom()).isNull();
        assertThat(each.body().policies().retry())
                .isEqualTo(new Policies.Retry(2, Duration.ofMillis(50), Duration.ofSeconds(1), null));
        assertThat(step(plan.steps(), "sellers").mentions()).containsExactly("product");
    }
}
