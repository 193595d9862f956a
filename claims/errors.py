"""What is wrong with the files somebody gave us, in a sentence they can act on."""


class BadInput(ValueError):
    """One sentence: which file or setting, which column or row, and what to do about it.

    Never carries a value out of a person's row.
    """
