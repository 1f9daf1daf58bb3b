package dev.muster.house.samples.run;

import dev.muster.house.samples.json.AllowedJson;

/** Breaks no rule: it uses a lower layer. */
public final class AllowedRun {
    AllowedJson json = new AllowedJson();
}
