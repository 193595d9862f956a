"""What `doorway doctor` says of the wording of texts and letters."""

from collections.abc import Iterator, Sequence

from activities.letter_previews import survey
from runtime import programs
from runtime.clock import wall_now
from runtime.data import TEMPLATES
from runtime.errors import Refusal
from runtime.findings import Finding, fail, ok, warn

MOST_NAMED = 5


def wording() -> Iterator[Finding]:
    """Every text and letter for every made-up member: what is wrong, missing or a draft."""
    try:
        known, catalogue = programs.all_programs(), programs.rules().texts
    except Refusal as refused:
        yield fail("Programs", str(refused))
        return
    found = survey(TEMPLATES, catalogue, list(known.values()), wall_now().date())
    counted = f"{found.texts} texts and {found.letters} letters"
    if found.wrong:
        yield fail(
            "Wording",
            f"{counted}, with something wrong (see /console/texts): {_some(found.wrong)}.",
        )
    elif found.missing:
        yield warn("Wording", f"{counted}; missing, so that a person is asked: "
                    f"{_some(found.missing)}.")  # fmt: skip
    else:
        yield ok("Wording", f"{counted} in {' and '.join(found.languages)}: none missing, none "
                  "too long or too hard to read.")  # fmt: skip
    if found.drafts:
        yield warn("Drafts", f"not printed before they are approved: {_some(found.drafts)}.")


def _some(names: Sequence[str]) -> str:
    rest = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + rest
