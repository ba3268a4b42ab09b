"""A problem says its place, itself and what to do, on one line that no terminal obeys."""

from rulebook.errors import Problem, RulebookError, listed, nearest


def test_the_place_comes_first_and_the_hint_last() -> None:
    problem = Problem(
        "unknown metric 'revenu'", "solar.yaml", 41, "tiers.gold", hint="did you mean"
    )
    assert str(problem) == "solar.yaml:41: tiers.gold: unknown metric 'revenu' (did you mean)"


def test_what_is_not_known_is_left_out() -> None:
    assert str(Problem("it is so")) == "it is so"
    assert str(Problem("it is so", line=3)) == "line 3: it is so"
    assert str(Problem("it is so", "a.csv", 3, column="day")) == "a.csv:3: column day: it is so"


def test_what_a_terminal_would_obey_is_written_out() -> None:
    text = "expected a\nb\x1b[31m\x07\u202e\u2028, 5 €"
    assert str(Problem(text)) == r"expected a\nb\x1b[31m\x07\u202e\u2028, 5 €"


def test_an_error_counts_what_it_leaves_out() -> None:
    problems = [Problem("a"), Problem("b")]
    assert RulebookError(problems).total == 2
    error = RulebookError(problems, total=500)
    assert (str(error), error.total, error.problems) == ("a\nb", 500, tuple(problems))


def test_the_nearest_spelling_if_any_is_near() -> None:
    assert nearest("revenu", ["people", "revenue"]) == "did you mean revenue?"
    assert nearest("USD", ["usd"]) == "did you mean usd?"
    assert nearest("xyz", ["people", "revenue"]) == ""
    assert nearest("xyz", []) == ""


def test_words_are_listed_as_people_list_them() -> None:
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a or b",
        "a, b or c",
    ]
