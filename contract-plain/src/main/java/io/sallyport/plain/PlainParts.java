package io.sallyport.plain;

import io.sallyport.mqtt.ClientLimits;
import java.util.random.RandomGenerator;

/** What every connection's binding and the gate work with. */
record PlainParts(
    PlainPlatform platform,
    LiveSpaces spaces,
    SpaceTraffic traffic,
    Refusals refusals,
    PlainMetrics metrics,
    ClientLimits limits,
    RandomGenerator random) {}
