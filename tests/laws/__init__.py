"""Laws that hold for functions of one variable and of several alike: each is written once and run on both."""
