"""The native engine: emitted C and its runtime, compiled, loaded, driven."""
