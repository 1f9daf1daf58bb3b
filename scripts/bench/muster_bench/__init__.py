"""Measures Muster beside others. A module of cases has CASES, a line for each name, and measure(bench, cases)."""
