package io.sallyport.simulator.figures;

import java.util.List;

/**
 * The straight line through measurements, by least squares.
 *
 * @param mean of the values
 * @param perSecond how fast the line rises
 * @param errorPerSecond the standard error of that; what swings has a large one
 * @param seconds between the first and the last measurement
 */
public record Trend(double mean, double perSecond, double errorPerSecond, double seconds) {
  private static final double SHARE_MAX = 0.03;

  /** One measurement. */
  public record Point(double seconds, double value) {}

  /** The line through these points, of different times; two at least. */
  public static Trend of(List<Point> points) {
    int n = points.size();
    if (n < 2) {
      throw new IllegalArgumentException("a line needs two points: " + n);
    }
    double meanTime = points.stream().mapToDouble(Point::seconds).average().orElseThrow();
    double mean = points.stream().mapToDouble(Point::value).average().orElseThrow();
    double timeSquares = 0;
    double products = 0;
    for (Point point : points) {
      timeSquares += square(point.seconds - meanTime);
      products += (point.seconds - meanTime) * (point.value - mean);
    }
    double slope = products / timeSquares;
    double errors = 0;
    for (Point point : points) {
      errors += square(point.value - mean - slope * (point.seconds - meanTime));
    }
    double error = n == 2 ? 0 : Math.sqrt(errors / (n - 2) / timeSquares);
    return new Trend(mean, slope, error, points.getLast().seconds - points.getFirst().seconds);
  }

  public double perHour() {
    return perSecond * 3_600;
  }

  /** Growth in an hour as a share of the mean. */
  public double sharePerHour() {
    return mean == 0 ? 0 : perHour() / mean;
  }

  /**
   * Whether nothing grows: over the time that was measured the line rises by no more than three
   * hundredths of the mean, or by no more than twice what chance gives.
   */
  public boolean flat() {
    return perSecond * seconds <= SHARE_MAX * mean || perSecond <= 2 * errorPerSecond;
  }

  private static double square(double value) {
    return value * value;
  }
}
