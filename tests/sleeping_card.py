"""A program of the house of cards: it sleeps until somebody ends it."""

import time

from runtime.processes import watch_parent

if __name__ == "__main__":
    watch_parent()
    time.sleep(3600)
