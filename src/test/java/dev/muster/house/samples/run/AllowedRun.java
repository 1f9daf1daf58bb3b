package dev.muster.house.samples.run;

import dev.muster.house.samples.json.AllowedJson;

/** Breaks nothing: looks down. */
public final class AllowedRun {
    AllowedJson json = new AllowedJson();
}
