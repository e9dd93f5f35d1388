"""From a network of several inputs to the complex of its regions: the search tree, in rationals or compiled."""
