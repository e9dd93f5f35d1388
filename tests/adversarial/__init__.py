"""An adversary that stays: oracles that share no code with pwlin, metamorphic laws, odd arguments, damaged files."""
