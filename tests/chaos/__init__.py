"""The chaos harness: one seed, one schedule of faults, the real stack, and a checker of its own."""
