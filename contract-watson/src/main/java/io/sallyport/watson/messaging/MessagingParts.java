package io.sallyport.watson.messaging;

import io.sallyport.watson.DeviceDirectory;
import io.sallyport.watson.Refusals;
import io.sallyport.watson.WatsonPlatform;
import io.sallyport.watson.status.StatusBoard;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** What every connection's binding works with. */
record MessagingParts(
    WatsonPlatform platform,
    DeviceDirectory directory,
    Refusals refusals,
    StatusBoard board,
    KeyStandings keys,
    Clock clock,
    Executor threads,
    ScheduledExecutorService timer) {}
