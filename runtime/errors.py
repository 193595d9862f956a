"""What the command line says in one sentence before it stops."""


class Refusal(Exception):
    """Doorway cannot go on; the text says what is wrong, where, and what to do about it."""
