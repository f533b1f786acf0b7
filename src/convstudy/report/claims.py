"""Claims and what was decided about them, as the templates print them."""

from typing import Any

from convstudy.config.claim_kinds import asked, compared
from convstudy.config.metrics import claim_with_seeds_enough
from convstudy.config.stated import stated_values
from convstudy.report.published import estimate_of, size

Values = dict[str, Any]

_LESS = ("train_images", "test_images", "epochs")  # what trainings and tests may have less of


def of_section(section: str, study: Values, decided: Values) -> list[Values]:
    """A section's claims with their decisions; what was published only if it was about the same."""
    all_claims = {claim["name"]: claim for claim in study["claims"]}
    made = []
    for name, claim in all_claims.items():
        if claim["section"] != section:
            continue
        parts = [claim, *(all_claims[part] for part in claim.get("claims", []))]
        names = dict.fromkeys(experiment for part in parts for experiment in compared(part))
        involved = [study["experiments"][experiment] for experiment in names]
        known = study["published"]["claims"].get(name)
        if known is not None and known["asked"] != asked(claim, all_claims):
            known = None
        comparable = known and not any(one["unlike_published"] for one in involved)
        made.append(
            {
                **claim,
                **claim_with_seeds_enough(decided[name]),
                "datasets": list(dict.fromkeys(one["dataset_title"] for one in involved)),
                "reduced": _reduced(involved),
                "published": known if comparable else None,
                "as_published": known and decided[name]["verdict"] == known["report"],
                "rival": decided[name]["decisive"] if claim["kind"] == "best_of" else None,
                "decisive": (decisive := _decisive(claim, decided[name], study)),
                "measured_on": _measured_on(claim, decisive, study),
                "titles": {one: study["experiments"][one]["title"] for one in compared(claim)},
            }
        )
    by_name = {claim["name"]: claim for claim in made}
    for claim in made:  # parts are of the same section
        claim["parts"] = [by_name[part] for part in claim["claims"]]
        for key, source in (("published_estimate", "results"), ("logged_estimate", "log")):
            values = stated_values(study["published"], section, source)
            claim[key] = estimate_of(claim, values) if claim["published"] else None
        claim["size"] = size(claim)
    return made


def _reduced(involved: list[Values]) -> list[Values]:
    """Images, epochs and sizes of networks that a verdict rests on, if not as published or stated.

    Smaller networks, trained for less, say little about those that are meant. Of generated images
    in place of others nothing is said: their name says enough. What is the same for all networks
    comes first, without their titles.
    """
    ways = [
        [
            way
            for way in [*one["unlike_published"], *one["altered"]]
            if way["what"] in (*_LESS, *one["slice"]["model"]) and not one["stands_in"]
        ]
        for one in involved
    ]
    shared = [way for way in ways[0] if all(way in others for others in ways)]
    own = [
        {"title": one["title"], "differences": [way for way in those if way not in shared]}
        for one, those in zip(involved, ways, strict=True)
    ]
    return [one for one in [{"title": None, "differences": shared}, *own] if one["differences"]]


def _measured_on(claim: Values, decisive: str | None, study: Values) -> list[str]:
    """Titles of the networks that a claim's numbers are of, in the order of their subtraction."""
    titles = [study["experiments"][name]["title"] for name in compared(claim)]
    return [titles[0], decisive] if claim["kind"] == "best_of" and decisive else titles


def _decisive(claim: Values, decided: Values, study: Values) -> str | None:
    """Title of the rival, or name of the class, that the numbers are about."""
    decisive: str | None = decided["decisive"]
    if claim["kind"] == "best_of" and decisive:
        decisive = study["experiments"][decisive]["title"]
    return decisive
