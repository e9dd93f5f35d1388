"""The polyhedral complex of linear regions in d >= 2 dimensions: raw arrays and everything derived from them."""
