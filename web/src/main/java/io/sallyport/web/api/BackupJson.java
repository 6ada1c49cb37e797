package io.sallyport.web.api;

import io.sallyport.web.json.ApiJson;

/** A written backup as JSON. */
record BackupJson(String file, long bytes) implements ApiJson {}
