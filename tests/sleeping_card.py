"""A program of the house of cards: it takes the clock and sleeps until somebody ends it."""

import time

from runtime.home import read_settings
from runtime.processes import watch_parent
from runtime.standby import clock_when_it_goes

if __name__ == "__main__":
    watch_parent()
    clock_when_it_goes(read_settings())
    time.sleep(3600)
