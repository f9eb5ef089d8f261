"""What no engine may run, judged on the IR: one rule a file."""
