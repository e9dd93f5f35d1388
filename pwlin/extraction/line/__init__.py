"""From a network of one input to its function, exactly, with certified floats where they suffice."""
