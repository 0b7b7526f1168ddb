"""Objectives are found by what they take and by the names that people use for them."""

import math
from itertools import combinations

import pytest

import polycontrast as pc
from polycontrast.objective.catalogue.registry import find, plain


@pytest.mark.parametrize(
    ("name", "views"),
    [
        ("info_nce", (2, 2)),
        ("triangle_loss", (3, 3)),
        ("poly_view", (2, math.inf)),
        ("gram_loss", (2, math.inf)),
        ("swalip", (4, 4)),
        ("sup_con", (1, math.inf)),
        ("max_sim_info_nce", (2, 2)),
        ("pearson", (0, 0)),
        ("margin_info_nce", (2, 2)),
    ],
)
def test_the_number_of_views_follows_from_the_signature(name, views):
    assert pc.objectives()[name].views == views


def test_each_condition_holds_for_all_that_are_found_and_for_no_other():
    every = pc.objectives()
    conditions = {
        "takes": ("ids", lambda o: "ids" in o.arguments),
        "views": (3, lambda o: o.views[0] <= 3 <= o.views[1]),
        "family": ("poly_view", lambda o: o.family == "poly_view"),
        "shards": (True, lambda o: o.shards),
    }
    for some in [*combinations(conditions, 1), *combinations(conditions, 2)]:
        found = pc.objectives(**{name: conditions[name][0] for name in some})
        assert list(found) == [
            n for n, o in every.items() if all(conditions[c][1](o) for c in some)
        ]
        assert 0 < len(found) < len(every)


def test_all_words_must_be_there():
    assert list(pc.objectives("khosla")) == ["sup_con"]
    assert "sup_con" not in pc.objectives("khosla triplet")
    assert list(pc.objectives("NT_XentLoss")) == ["nt_xent"]


def test_no_alias_belongs_to_two_objectives_or_is_the_name_of_another():
    names = [(plain(a), o.name) for o in pc.objectives().values() for a in (o.name, *o.aliases)]
    owners = {}
    for alias, name in names:
        owners.setdefault(alias, set()).add(name)
    assert [alias for alias, own in owners.items() if len(own) > 1] == []


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("MNRL", "multiple_negatives_ranking"),
        ("SupCon", "sup_con"),
        ("NTXentLoss", "nt_xent"),
        ("InfoNCE with hard negatives", "multiple_negatives_ranking"),
        ("InfoNCE", "info_nce"),
    ],
)
def test_a_name_from_elsewhere_leads_to_the_objective(alias, name):
    with pytest.raises(ValueError, match=f"did you mean {name}[?]"):
        find(alias)
    with pytest.raises(AttributeError, match=f"did you mean {name}[?]"):
        getattr(pc, alias)
    assert f"Also known as {pc.objectives()[name].aliases[0]}" in pc.objectives()[name].__doc__


def test_unknown_arguments_and_families_are_refused():
    with pytest.raises(ValueError, match="no objective takes 'labls'; did you mean labels"):
        pc.objectives(takes="labls")
    with pytest.raises(ValueError, match="unknown family 'two_views'; did you mean two_view"):
        pc.objectives(family="two_views")
