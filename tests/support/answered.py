"""An answer that is there already, for those who wait for one."""


class Answered:
    """Comes true at once."""

    def __init__(self, value):
        self.value = value

    def cancelled(self):
        return False

    def result(self):
        return self.value

    def add_done_callback(self, call):
        call(self)

    def __await__(self):
        return self.value
        yield
