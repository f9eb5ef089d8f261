"""What can be asked of quorum systems, answered by counting."""
