package io.sallyport.simulator.fleet;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;

/**
 * A room of an office building and its believable day: people come, go to lunch and leave; carbon
 * dioxide follows them with a delay; heating follows a schedule with a set-back at night and on
 * weekends; the sun adds its share on the side the windows look to.
 *
 * <p>Immutable; the same seed, moment and set point give the same reading.
 */
final class Room {
  private static final int ARRIVE = 1;
  private static final int LEAVE = 2;
  private static final int SEATS = 3;
  private static final int BUSY = 4;
  private static final int SUN = 5;
  private static final int SUN_HOUR = 6;
  private static final int AIR = 7;
  private static final int BASE_LOAD = 8;
  private static final int DRIFT = 9;
  private static final int JITTER = 10;

  private static final double SETBACK_KELVIN = 3.5;
  private static final int OUTDOOR_CO2_PPM = 420;

  private final Noise noise;
  private final double arrivalHour;
  private final double leavingHour;
  private final int seats;
  private final double busy;
  private final double sunKelvin;
  private final double sunHour;
  private final double ppmPerPerson;
  private final double baseWatts;

  Room(long seed) {
    this.noise = new Noise(seed);
    this.arrivalHour = noise.property(ARRIVE, 7.0, 9.0);
    this.leavingHour = noise.property(LEAVE, 16.0, 19.0);
    this.seats = (int) noise.property(SEATS, 1, 13);
    this.busy = noise.property(BUSY, 0.55, 0.95);
    this.sunKelvin = noise.property(SUN, 0.0, 2.5);
    this.sunHour = noise.property(SUN_HOUR, 9.5, 16.0);
    this.ppmPerPerson = noise.property(AIR, 450, 900) / seats;
    this.baseWatts = noise.property(BASE_LOAD, 15, 60);
  }

  /**
   * The reading at a moment of the building's local time.
   *
   * @param setPointCelsius what the room is heated or cooled to while it is in use
   */
  Reading at(LocalDateTime local, double setPointCelsius) {
    double hour = hourOf(local);
    double presence = presence(local);
    int persons = (int) Math.round(seats * presence);
    double co2 = OUTDOOR_CO2_PPM + ppmPerPerson * seats * lingering(local) + 12 * jitter(local, 1);
    double comfort = comfort(local);
    double sun = sunKelvin * Math.exp(-Math.pow((hour - sunHour) / 2.2, 2));
    double celsius =
        setPointCelsius
            - SETBACK_KELVIN * (1 - comfort)
            + sun
            + 0.06 * persons
            + 0.3 * noise.smooth(DRIFT, minutesOf(local) / 40)
            + 0.05 * jitter(local, 2);
    double watts =
        baseWatts
            + 85.0 * persons
            + (persons > 0 ? 110 : 0)
            + 240 * comfort * Math.abs(noise.smooth(DRIFT + 20, minutesOf(local) / 25))
            + 3 * jitter(local, 3);
    return new Reading(
        rounded(celsius, 100), (int) Math.max(400, co2), rounded(Math.max(5, watts), 10), persons);
  }

  /** The share of the seats that is taken, 0 to 1. */
  private double presence(LocalDateTime local) {
    double hour = hourOf(local);
    double here = rise(hour, arrivalHour, 0.8) * (1 - rise(hour, leavingHour, 1.0));
    double lunch = 0.7 * Math.exp(-Math.pow((hour - 12.5) / 0.45, 2));
    double wander = 0.15 * noise.smooth(DRIFT + 10, minutesOf(local) / 20);
    double weekday = weekend(local) ? 0.04 : 1;
    return Math.clamp(weekday * busy * here * (1 - lunch) * (1 + wander), 0.0, 1.0);
  }

  /** Presence as the air remembers it: the mean of the last hour. */
  private double lingering(LocalDateTime local) {
    double sum = 0;
    for (int minutes = 0; minutes <= 60; minutes += 15) {
      sum += presence(local.minusMinutes(minutes));
    }
    return sum / 5;
  }

  /** How far the schedule asks for the set point: 1 in use, 0 at night and on weekends. */
  private double comfort(LocalDateTime local) {
    if (weekend(local)) {
      return 0;
    }
    double hour = hourOf(local);
    return rise(hour, arrivalHour - 1.5, 1.5) * (1 - rise(hour, leavingHour, 3));
  }

  private double jitter(LocalDateTime local, int channel) {
    return noise.white(JITTER + channel, local.getLong(ChronoField.NANO_OF_DAY) / 1_000_000);
  }

  private static boolean weekend(LocalDateTime local) {
    DayOfWeek day = local.getDayOfWeek();
    return day == DayOfWeek.SATURDAY || day == DayOfWeek.SUNDAY;
  }

  private static double hourOf(LocalDateTime local) {
    return local.getLong(ChronoField.SECOND_OF_DAY) / 3600.0;
  }

  private static double minutesOf(LocalDateTime local) {
    return ChronoUnit.SECONDS.between(LocalDateTime.of(2026, 1, 1, 0, 0), local) / 60.0;
  }

  /** From 0 before {@code from} to 1 after {@code from + width}, smoothly. */
  private static double rise(double hour, double from, double width) {
    double part = Math.clamp((hour - from) / width, 0.0, 1.0);
    return part * part * (3 - 2 * part);
  }

  private static double rounded(double value, int steps) {
    return Math.rint(value * steps) / steps;
  }
}
