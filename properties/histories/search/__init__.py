"""Is there an order of the operations that the object allows? One search, over whatever order they must keep."""
