"""The order of names as Swedes have it, without asking the machine for its locale."""

_LAST_LETTERS = str.maketrans({"å": "{a", "ä": "{b", "æ": "{b", "ö": "{c", "ø": "{c", "é": "e", "è": "e", "ü": "y"})


def swedish_order(name: str) -> str:
    """A sort key that puts å, ä and ö last, as a Swedish list of names has them."""
    return name.casefold().translate(_LAST_LETTERS)
