"""Official documents made up for measuring: no office, no amount and no sentence of them is taken from anywhere."""
