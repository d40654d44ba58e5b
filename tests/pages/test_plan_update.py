"""What is written on Plan update is kept, seen on every page, and refused in words where it may not stand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from access.admission import DEMONSTRATION
from core import words
from register import read, write
from tests.pages.conftest import OpenPage, shown
from ui import plan_forms

pytestmark = pytest.mark.usefixtures("an_older_process")


def form(name: str, **facts: str) -> str:
    return words.say("returns", "texts", "form", name, **facts)


def press(app: AppTest, name: str) -> AppTest:
    next(button for button in app.button if button.label == form(name)).click()
    return app.run()


def versions(data: Path, table: str) -> list[read.Row]:
    record = read.read(f"sqlite:///{data / 'register.sqlite'}", DEMONSTRATION, datetime.now(UTC))
    assert record is not None
    return [row for row in record.versions[table] if row["by_name"] == DEMONSTRATION.name]


def field(app: AppTest, kind: str, label: str) -> object:
    return next(box for box in app.get(kind) if box.label == label)


def test_what_the_forms_offer_is_what_the_register_takes() -> None:
    assert set(plan_forms.PROGRESS) == set(write.PROGRESS) == set(words.labels()["progress"])
    assert set(plan_forms.ADOPTION) == set(write.ADOPTION) == set(words.labels()["adoption"]) - {"not_said"}


def test_only_what_was_changed_is_kept_and_a_save_that_changes_nothing_says_so(open_page: OpenPage, data: Path) -> None:
    app = open_page("plan_update", data=data, organisation="csp_melton")
    press(app, "save")
    assert form("unchanged") in [one.value for one in app.info]
    assert versions(data, "indicator_return") == []
    app.number_input(key="indicator_return_llr_2021_C3_2023-Q2_csp_melton_numerator").set_value(4)
    press(app, "save")
    assert [one.value for one in app.success] == [form("kept")]
    (row,) = versions(data, "indicator_return")
    assert (row["indicator_code"], row["numerator"], row["denominator"], row["version"]) == ("C3", 4, 5, 2)
    assert "4 of 5." in shown(open_page("plan_update", data=data, organisation="csp_melton"))


@pytest.mark.parametrize(
    ("numerator", "denominator", "said"), [(3, None, "half"), (6, 5, "above"), (None, 5, "half")]
)  # fmt: skip
def test_half_a_figure_or_one_above_its_whole_is_told_at_the_form(
    open_page: OpenPage, data: Path, numerator: int | None, denominator: int | None, said: str
) -> None:
    app = open_page("plan_update", data=data, organisation="csp_melton")
    key = "indicator_return_llr_2021_C3_2023-Q2_csp_melton_"
    app.number_input(key=f"{key}numerator").set_value(numerator)
    app.number_input(key=f"{key}denominator").set_value(denominator)
    press(app, "save")
    assert [one.value for one in app.error] == [form(said, what="C3")]
    assert versions(data, "indicator_return") == []
    assert app.number_input(key=f"{key}numerator").value == numerator, "what was typed stays"


def test_progress_is_kept_and_an_unlikely_action_needs_its_words(open_page: OpenPage, data: Path) -> None:
    app = open_page("plan_update", data=data, organisation="leicestershire_police")
    key = "action_return_llr_2021_B1-1_2023-Q2_leicestershire_police_"
    app.selectbox(key=f"{key}progress_code").set_value("unlikely")
    press(app, "save_progress")
    assert "says what is being done" in shown(app)
    assert versions(data, "action_return") == []
    app.text_area(key=f"{key}corrective_action").set_value("Two officers added in November.")
    press(app, "save_progress")
    (row,) = versions(data, "action_return")
    assert (row["action_code"], row["progress_code"]) == ("B1-1", "unlikely")
    said = shown(open_page("plan", data=data, view="actions"))
    assert "Two officers added in November." in said


def test_a_decision_is_kept_and_counted(open_page: OpenPage, data: Path) -> None:
    app = open_page("plan_update", data=data, area="E06000017")
    app.radio(key="adoption_llr_2021_rutland_status_code").set_value("adopted")
    press(app, "save_decision")
    (row,) = versions(data, "adoption")
    assert (row["csp_code"], row["status_code"]) == ("rutland", "adopted")
    assert "87.5% (7 of 8)" in shown(open_page("plan", data=data))  # C5 is counted from the decisions


def test_a_judgement_a_target_and_a_local_outcome_are_kept_and_shown(open_page: OpenPage, data: Path) -> None:
    app = open_page("plan_update", data=data, organisation="csp_charnwood")
    which = field(app, "selectbox", form("judged"))
    which.set_value(next(at for at, label in enumerate(which.options) if label.startswith("B3")))  # type: ignore[attr-defined]
    field(app, "selectbox", form("judged_as")).set_value("amber")  # type: ignore[attr-defined]
    press(app, "save_judgement")
    assert "an override says why" in shown(app)
    field(app, "text_area", form("judged_why")).set_value("Posts were filled in September.")  # type: ignore[attr-defined]
    press(app, "save_judgement")
    assert "Amber by judgement; worked out as Red. Posts were filled in September." in shown(
        open_page("plan", data=data)
    )

    app = open_page("plan_update", data=data, organisation="csp_charnwood")
    which = field(app, "selectbox", form("target_which"))
    which.set_value(next(at for at, label in enumerate(which.options) if label.startswith("B6")))  # type: ignore[attr-defined]
    app.run()
    app.number_input(key="target_value_B6").set_value(99.0)
    press(app, "save_target")
    (row,) = versions(data, "indicator")
    assert (row["indicator_code"], row["target"], row["tolerance"], row["owner_code"]) == (
        "B6", 99.0, 5.0, "force_crime_registrar",
    )  # fmt: skip

    press(app, "save_local")
    assert form("local_unsaid") in [one.value for one in app.error]
    for label, said in (
        ("local_outcome", "Taxi drivers know where to report"), ("local_indicator", "Drivers briefed"),
        ("local_numerator", "Drivers briefed"), ("local_denominator", "Licensed drivers"),
    ):  # fmt: skip
        field(app, "text_input", form(label)).set_value(said)  # type: ignore[attr-defined]
    press(app, "save_local")
    assert {row["outcome_code"] for row in versions(data, "outcome")} == {"C-L1"}
    said = shown(open_page("plan_update", data=data, organisation="csp_charnwood"))
    assert "C-L1 Taxi drivers know where to report" in said
    assert "Charnwood CSP: 7 due" in said
    assert "C-L1 Taxi drivers know where to report" in shown(open_page("locality", data=data, area="E07000130"))


def test_the_next_plan_needs_a_title_and_a_code_of_its_own(open_page: OpenPage, data: Path) -> None:
    app = open_page("plan_update", data=data, organisation="csp_charnwood")
    field(app, "text_input", form("next_code")).set_value("llr_2021")  # type: ignore[attr-defined]
    press(app, "save_next")
    assert form("next_unsaid") in [one.value for one in app.error]
    field(app, "text_input", form("next_title")).set_value("LLR Hate Delivery Plan 2024 to 2026")  # type: ignore[attr-defined]
    press(app, "save_next")
    assert "a new plan needs a code of its own" in shown(app)
    field(app, "text_input", form("next_code")).set_value("llr_2024")  # type: ignore[attr-defined]
    press(app, "save_next")
    (row,) = versions(data, "plan")
    assert (row["plan_code"], row["starts_quarter"], row["ends_quarter"]) == ("llr_2024", "2024-Q1", "2026-Q2")


@pytest.mark.parametrize("choices", [{"at_build": "2"}, {"as_at": "2023-10-04"}])
def test_an_earlier_build_or_day_is_read_and_not_written_on(
    open_page: OpenPage, data: Path, choices: dict[str, str]
) -> None:
    app = open_page("plan_update", data=data, organisation="csp_charnwood", **choices)
    assert not app.exception
    assert form("earlier") in shown(app)
    assert not [button for button in app.button if button.label == form("save")]


def test_the_shareable_build_offers_no_form_and_shows_no_return(open_page: OpenPage, data: Path) -> None:
    app = open_page("plan_update", data=data, build="shareable", organisation="csp_melton")
    assert not app.exception
    assert not app.number_input
    assert "4 of 12" not in shown(app)
    assert words.say("states", "restricted_only", "title") in shown(app)
