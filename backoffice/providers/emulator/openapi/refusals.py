"""How a call says no."""


class Refusal(Exception):
    """Ends a call with an envelope code, named as in the tables."""

    def __init__(self, name: str, message: str = ""):
        super().__init__(name)
        self.name, self.message = name, message
