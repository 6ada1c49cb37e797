package io.sallyport.store.sql;

import io.sallyport.platform.device.DeviceInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/** The columns that hold what is known of a device's make, of devices and types alike. */
record InfoColumns(List<Field<String>> all) {
  private static final List<String> NAMES =
      List.of(
          "serial_number",
          "manufacturer",
          "model",
          "device_class",
          "description",
          "fw_version",
          "hw_version",
          "descriptive_location");

  static InfoColumns of(Table<?> table) {
    return new InfoColumns(
        NAMES.stream().map(name -> Columns.column(table, name, Columns.TEXT)).toList());
  }

  Map<Field<?>, @Nullable Object> values(DeviceInfo info) {
    List<Optional<String>> members =
        List.of(
            info.serialNumber(),
            info.manufacturer(),
            info.model(),
            info.deviceClass(),
            info.description(),
            info.fwVersion(),
            info.hwVersion(),
            info.descriptiveLocation());
    Map<Field<?>, @Nullable Object> values = new LinkedHashMap<>();
    for (int i = 0; i < members.size(); i++) {
      values.put(all.get(i), members.get(i).orElse(null));
    }
    return values;
  }

  DeviceInfo read(Record row) {
    return new DeviceInfo(
        text(row, 0),
        text(row, 1),
        text(row, 2),
        text(row, 3),
        text(row, 4),
        text(row, 5),
        text(row, 6),
        text(row, 7));
  }

  private Optional<String> text(Record row, int index) {
    return Optional.ofNullable(row.get(all.get(index)));
  }
}
