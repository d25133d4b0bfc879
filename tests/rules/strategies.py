"""Which numbers and scorings may come along in a property?"""

from fractions import Fraction

from hypothesis import strategies as st

from app.rules.methods import Point, Scoring
from app.rules.vocabulary import Beyond, Method

numbers = st.builds(Fraction, st.integers(-5000, 5000), st.integers(1, 40))
positive = st.builds(Fraction, st.integers(1, 5000), st.integers(1, 40))
targets = numbers.filter(bool)
scores = st.builds(Fraction, st.integers(-200, 2000), st.integers(1, 10))


def _curves(fewest: int) -> st.SearchStrategy[tuple[Point, ...]]:
    bounds = st.dictionaries(numbers, scores, min_size=fewest, max_size=4)
    return bounds.map(lambda found: tuple(Point(x, found[x]) for x in sorted(found)))


def _target(method: Method, values: st.SearchStrategy[Fraction]) -> st.SearchStrategy[Scoring]:
    return st.builds(Scoring, st.just(method), target=values, maximum_target=st.booleans())


def _range(low: Fraction, width: Fraction, *, is_maximum: bool) -> Scoring:
    return Scoring(Method.RANGE, low=low, high=low + width, maximum_target=is_maximum)


scorings = st.one_of(
    _target(Method.HIGHER, targets),
    _target(Method.LOWER, targets),
    _target(Method.EXACT, targets),
    _target(Method.LOWER_INVERSE, positive),
    st.builds(_range, positive, positive, is_maximum=st.booleans()),
    st.builds(
        Scoring,
        st.just(Method.POINTS),
        points=_curves(2),
        below=st.sampled_from(Beyond),
        above=st.sampled_from(Beyond),
    ),
    st.builds(Scoring, st.just(Method.STEPS), steps=_curves(1)),
    st.builds(Scoring, st.just(Method.RATING), levels=st.integers(1, 9), maximum_target=st.booleans()),
    st.builds(Scoring, st.sampled_from([Method.MILESTONE, Method.YES_NO]), maximum_target=st.booleans()),
)
"""Any set-up that is not refused, without limits of its own."""
