package io.sallyport.store.rocksdb;

import static io.sallyport.platform.telemetry.TestEvents.anEvent;

import io.sallyport.platform.telemetry.Event;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A process that appends until it is killed, and prints each position once it is durable. */
final class CrashingWriter {
  private CrashingWriter() {}

  /**
   * @param args folder, seed
   */
  public static void main(String[] args) {
    Random random = new Random(Long.parseLong(args[1]));
    try (StoreFixture open = new StoreFixture(Path.of(args[0]))) {
      while (true) {
        List<Event> batch = new ArrayList<>();
        int size = 1 + random.nextInt(200);
        for (int i = 0; i < size; i++) {
          int tenant = 1 + random.nextInt(2);
          batch.add(
              anEvent()
                  .inTenant(tenant)
                  .ofDevice(random.nextInt(50))
                  .at(System.currentTimeMillis())
                  .payload("payload " + random.nextLong())
                  .build());
        }
        long[] positions = open.store.append(batch);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < positions.length; i++) {
          Event event = batch.get(i);
          lines
              .append(event.tenantNumber())
              .append(' ')
              .append(positions[i])
              .append(' ')
              .append(
                  new String(event.payload().sharedBytes(), StandardCharsets.UTF_8).substring(8))
              .append('\n');
        }
        byte[] bytes = lines.toString().getBytes(StandardCharsets.US_ASCII);
        System.out.write(bytes, 0, bytes.length);
        System.out.flush();
      }
    }
  }
}
