"""Values in C: texts, parts, order, conversions, and every operator on numbers and containers."""
