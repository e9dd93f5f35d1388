"""What a model does with data."""
