package io.sallyport.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoomTest {
  private static final LocalDateTime MONDAY = LocalDateTime.of(2026, 11, 16, 0, 0);

  private static double average(LocalDateTime at, ToDoubleFunction<Reading> value) {
    return IntStream.range(0, 200)
        .mapToDouble(seed -> value.applyAsDouble(new Room(seed).at(at, 21)))
        .average()
        .orElseThrow();
  }

  private static List<Reading> day(long seed) {
    Room room = new Room(seed);
    List<Reading> readings = new ArrayList<>();
    for (int minutes = 0; minutes < 24 * 60; minutes += 5) {
      readings.add(room.at(MONDAY.plusMinutes(minutes), 21));
    }
    return readings;
  }

  @Test
  void the_same_seed_gives_the_same_day() {
    assertThat(day(42)).isEqualTo(day(42));
    assertThat(day(42)).isNotEqualTo(day(43));
  }

  @Test
  void people_come_by_day_and_not_by_night() {
    assertThat(average(MONDAY.plusHours(3), Reading::persons)).isZero();
    assertThat(average(MONDAY.plusHours(11), Reading::persons)).isGreaterThan(2);
  }

  @Test
  void lunch_empties_the_rooms() {
    assertThat(average(MONDAY.plusMinutes(750), Reading::persons))
        .isLessThan(0.6 * average(MONDAY.plusHours(10), Reading::persons));
  }

  @Test
  void carbon_dioxide_and_power_follow_the_people() {
    assertThat(average(MONDAY.plusHours(15), Reading::co2Ppm))
        .isGreaterThan(average(MONDAY.plusHours(4), Reading::co2Ppm) + 100);
    assertThat(average(MONDAY.plusHours(15), Reading::powerWatts))
        .isGreaterThan(3 * average(MONDAY.plusHours(4), Reading::powerWatts));
  }

  @Test
  void heating_is_set_back_at_night_and_on_weekends() {
    double noon = average(MONDAY.plusHours(12), Reading::celsius);
    assertThat(average(MONDAY.plusHours(4), Reading::celsius)).isLessThan(noon - 2);
    assertThat(average(MONDAY.minusDays(1).plusHours(12), Reading::celsius)).isLessThan(noon - 2);
    assertThat(average(MONDAY.minusDays(1).plusHours(12), Reading::persons)).isLessThan(1);
  }

  @Test
  void a_warmer_set_point_makes_a_warmer_room() {
    Room room = new Room(7);
    LocalDateTime noon = MONDAY.plusHours(12);
    assertThat(room.at(noon, 24).celsius()).isGreaterThan(room.at(noon, 20).celsius() + 3.9);
  }

  @Test
  void every_reading_is_one_that_a_building_could_have() {
    for (int seed = 0; seed < 50; seed++) {
      assertThat(day(seed))
          .as("seed %d", seed)
          .allSatisfy(reading -> {
            assertThat(reading.celsius()).isBetween(14.0, 28.0);
            assertThat(reading.co2Ppm()).isBetween(400, 2_000);
            assertThat(reading.powerWatts()).isBetween(5.0, 2_000.0);
            assertThat(reading.persons()).isBetween(0, 13);
          });
    }
  }
}
