"""What every room stands on: errors, whole-or-nothing files, progress, and sequences whose items are made when asked for."""
