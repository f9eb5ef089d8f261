"""The session guarantees of Terry et al. (1994): what one client sees of its own reads and writes, and others of them."""
