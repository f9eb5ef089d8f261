"""What a protocol is written with, and what it means: from source text to the IR, and the meanings of the IR."""
