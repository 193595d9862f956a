"""Reading a secure page as a browser does: its form, its fields, where it is posted."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(slots=True)
class Form:
    """`values` are the fields as the page presets them; radios and boxes only when checked."""

    action: str = ""
    method: str = "get"
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = given.get("method", "get").lower()
            self.forms.append(Form(given.get("action", ""), method))
            self._open = True
        elif self._open and tag in {"input", "textarea", "select", "button"}:
            self._field(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False

    def _field(self, given: dict[str, str]) -> None:
        name = given.get("name")
        if not name:
            return
        form = self.forms[-1]
        form.names.add(name)
        kind = given.get("type", "text").lower()
        if kind in {"hidden", "text"} or (kind in {"radio", "checkbox"} and "checked" in given):
            form.values[name] = given.get("value", "")


def posted_form(html: str) -> Form | None:
    """The form to fill in: one that asks for answers or for the code, else the first posted."""
    reader = _Forms()
    reader.feed(html)
    posted = [form for form in reader.forms if form.method == "post"]
    return max(posted, key=_weight, default=None)


def _weight(form: Form) -> int:
    asks = any(name.startswith("answer-") for name in form.names)
    return 2 if asks else int("second_factor" in form.names)
