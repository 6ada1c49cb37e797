package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.engine.Grants.Grant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who gets a message: every subscriber once, at its highest matching QoS, however many of its
 * filters match (MESSAGING.md section 7 row 34, MQTT-3.3.5-1).
 */
final class Matches<S> {
  private static final int SCAN_MAX = 16;

  /** As long as only one filter matched, its snapshot itself is the answer. */
  private Grants.@Nullable Snapshot<S> only;

  private @Nullable List<Grant<S>> merged;
  private @Nullable Map<S, Integer> positions;

  void add(Grants<S> grants) {
    Grants.Snapshot<S> snapshot = grants.snapshot();
    if (snapshot.size() == 0) {
      return;
    }
    if (only == null && merged == null) {
      only = snapshot;
      return;
    }
    List<Grant<S>> list = merged;
    if (list == null) {
      list = new ArrayList<>();
      merged = list;
      if (only != null) {
        merge(list, only);
      }
      only = null;
    }
    merge(list, snapshot);
  }

  int size() {
    if (only != null) {
      return only.size();
    }
    return merged == null ? 0 : merged.size();
  }

  Grant<S> get(int index) {
    if (only != null) {
      return only.get(index);
    }
    if (merged == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return merged.get(index);
  }

  private void merge(List<Grant<S>> list, Grants.Snapshot<S> more) {
    for (int i = 0; i < more.size(); i++) {
      Grant<S> grant = more.get(i);
      int at = position(list, grant.subscriber());
      if (at < 0) {
        list.add(grant);
        if (positions != null) {
          positions.put(grant.subscriber(), list.size() - 1);
        }
      } else if (list.get(at).qos().level() < grant.qos().level()) {
        list.set(at, grant);
      }
    }
  }

  private int position(List<Grant<S>> list, S subscriber) {
    if (list.size() <= SCAN_MAX) {
      for (int i = 0; i < list.size(); i++) {
        if (list.get(i).subscriber().equals(subscriber)) {
          return i;
        }
      }
      return -1;
    }
    if (positions == null) {
      positions = new HashMap<>();
      for (int i = 0; i < list.size(); i++) {
        positions.put(list.get(i).subscriber(), i);
      }
    }
    Integer position = positions.get(subscriber);
    return position == null ? -1 : position;
  }
}
