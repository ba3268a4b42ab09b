"""The tests' frame: what they may need from outside, how much they run, what they measure."""

pytest_plugins = [
    "tests.frame.require",
    "tests.frame.size",
    "tests.frame.figures",
    "tests.frame.flush",
]
