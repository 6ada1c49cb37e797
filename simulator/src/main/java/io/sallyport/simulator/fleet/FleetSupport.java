package io.sallyport.simulator.fleet;

/** What all devices of a fleet share. */
record FleetSupport(
    BuildingClock clock, Backoff backoff, FleetFigures figures, CommandObserver observer) {}
