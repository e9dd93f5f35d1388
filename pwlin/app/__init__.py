"""What the commands make: the command line, reports and films."""
