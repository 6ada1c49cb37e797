package io.sallyport.simulator.fleet;

/**
 * What a room's sensor measured at one moment.
 *
 * @param celsius air temperature
 * @param co2Ppm carbon dioxide in parts per million
 * @param powerWatts electrical power drawn by the room
 * @param persons persons present
 */
record Reading(double celsius, int co2Ppm, double powerWatts, int persons) {}
