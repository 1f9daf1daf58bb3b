"""Measures Muster beside others. Each case is a module with NAME, ABOUT and measure(bench)."""
