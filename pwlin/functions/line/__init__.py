"""The function of one variable: its regions, pieces and kinks, algebra, values and formats."""
