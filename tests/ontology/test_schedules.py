"""Which schedules can be read and come, and what is said of the others; Celery agrees about the first."""

from __future__ import annotations

import pytest
from celery.schedules import crontab

from terapin.ontology.schedules import ScheduleError, check_schedule

GOOD = [
    "* * * * *",
    "0 4 * * *",
    "*/15 0-6,22 1,15 jan-mar mon-fri",
    "59 23 31 12 6",
    "0 0 29 2 *",
    "0 0 31 feb,mar *",
    "5-55/10 * * * SUN",
    "  0   4 * * * ",
]
BAD = {
    "": "it has 0 parts",
    "* * * *": "it has 4 parts",
    "@daily": "it has 1 parts",
    "60 * * * *": "60 is no minute: it is from 0 to 59",
    "0 24 * * *": "24 is no hour",
    "0 0 0 * *": "0 is no day of the month",
    "0 0 * 13 *": "13 is no month",
    "0 0 * * 7": "7 is no day of the week",
    "0 0 * mon *": "'mon' is no month",
    "0 0 * * jan": "'jan' is no day of the week",
    "-1 * * * *": "'-1' is no minute",
    "1.5 * * * *": "'1.5' is no minute",
    "\u0661 * * * *": "is no minute",
    "0 0 31 2 *": "it never comes",
    "0 0 30,31 feb *": "it never comes",
    "0 0 31 2-2,4,6,9,11 *": "it never comes",
    "10-5 * * * *": "ends before it begins",
    "*/0 * * * *": "has a step of nothing",
    "5/10 * * * *": "has a step, but no range",
    "1,,2 * * * *": "'' is no minute",
}


@pytest.mark.parametrize("schedule", GOOD)
def test_is_read(schedule: str) -> None:
    check_schedule(schedule)
    crontab.from_string(" ".join(schedule.split()))


@pytest.mark.parametrize("schedule", BAD)
def test_is_refused(schedule: str) -> None:
    with pytest.raises(ScheduleError, match=f".*{BAD[schedule]}"):
        check_schedule(schedule)
