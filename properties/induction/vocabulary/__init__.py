"""What a proof is written with: formulas, systems, premises about quorums and clocks."""
