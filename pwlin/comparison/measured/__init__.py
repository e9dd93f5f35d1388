"""Errors over measured points, and the best that few pieces can do for them: all exact."""
