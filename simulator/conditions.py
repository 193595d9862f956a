"""What members of each payer suffer from: shares, ICD-10-CM codes, and codes that only look alike.

The shares make a lively trial, in which most members fit a program; they are not epidemiology.
"""

from simulator.seeded import Cell, slots

MEDICARE = "medicare"
MEDICAID = "medicaid"

PAYERS = (
    (MEDICARE, 0.495, "Juniper Senior Health", "Juniper Advantage"),
    (MEDICAID, 0.495, "Harborlight Community Plan", "Harborlight Medicaid"),
    # A payer neither program serves: its members must not be identified.
    ("commercial", 0.01, "Cobalt Mutual", "Cobalt PPO"),
)
"""Payer type, share, payer, plan."""

# Condition, share as the reason a member is here, chance of having it beside another one.
_TARGETS: dict[str, tuple[tuple[str, float, float], ...]] = {
    MEDICARE: (
        ("hypertension", 0.58, 0.45),
        ("diabetes", 0.42, 0.25),
        ("copd", 0.0, 0.12),
        ("depression", 0.0, 0.14),
    ),
    MEDICAID: (
        ("asthma", 0.26, 0.10),
        ("copd", 0.12, 0.05),
        ("depression", 0.22, 0.18),
        ("anxiety", 0.15, 0.16),
        ("bipolar", 0.08, 0.03),
        ("schizophrenia", 0.06, 0.01),
        ("oud", 0.11, 0.03),
        ("diabetes", 0.0, 0.12),
        ("hypertension", 0.0, 0.20),
    ),
}

# Companions that no program looks for; `social` is a Z code of unmet need.
_COMPANIONS: dict[str, dict[str, float]] = {
    MEDICARE: {
        "lipids": 0.55,
        "kidney": 0.14,
        "heart_failure": 0.10,
        "thyroid": 0.16,
        "reflux": 0.20,
        "arthritis": 0.30,
        "obesity": 0.18,
        "social": 0.04,
    },
    MEDICAID: {
        "lipids": 0.16,
        "reflux": 0.14,
        "obesity": 0.24,
        "back_pain": 0.22,
        "thyroid": 0.06,
        "alcohol": 0.05,
        "social": 0.10,
    },
}

# Codes with the weight each has among the members of a condition; dots are stripped, as in Tuva.
_CODES = {
    "hypertension": "I10:78 I119:6 I129:6 I130:3 I110:3 I150:1 I159:1 I1A0:2",
    "diabetes": "E119:40 E1165:16 E1122:9 E1140:7 E1142:6 E11319:4 E1151:4 E1169:6 E109:5 E1065:3",
    "asthma": "J45909:34 J4520:12 J4530:14 J4540:14 J4550:6 J45901:12 J45998:8",
    "copd": "J449:56 J441:18 J440:8 J439:10 J42:4 J410:2 J479:2",
    "depression": "F32A:30 F329:14 F321:12 F331:18 F330:8 F332:6 F339:8 F341:4",
    "anxiety": "F411:38 F419:34 F410:10 F4310:10 F4010:4 F422:4",
    "bipolar": "F319:34 F3181:20 F3130:12 F3132:12 F3160:8 F3112:8 F39:6",
    "schizophrenia": "F209:40 F250:18 F259:22 F200:14 F2089:6",
    "oud": "F1120:74 F1123:8 F1110:12 F1190:6",
    "lipids": "E785:60 E782:25 E7800:15",
    "kidney": "N1830:40 N1831:25 N1832:20 N184:15",
    "heart_failure": "I509:45 I5032:30 I5022:25",
    "thyroid": "E039:100",
    "reflux": "K219:90 K210:10",
    "arthritis": "M1990:45 M170:30 M1711:25",
    "obesity": "E669:55 E6601:45",
    "back_pain": "M5450:70 M5459:30",
    "alcohol": "F1020:70 F1010:30",
    "social": "Z5941:30 Z5900:10 Z5982:25 Z59811:20 Z602:15",
    "acute": "N390:16 J069:18 R079:14 R109:10 S93401A:10 R42:8 L03115:8 J189:8 A419:4 K5900:4",
}

# What a near miss carries instead: risk, remission or pregnancy, none of which is the condition.
_LOOKALIKES = {
    "hypertension": "R030:100",
    "diabetes": "R7303:55 R7301:20 O24410:15 O24419:10",
    "asthma": "J209:60 R062:40",
    "copd": "J209:50 R0602:30 Z87891:20",
    "depression": "Z733:60 Z638:40",
    "anxiety": "Z733:50 G4700:50",
    "bipolar": "G4700:100",
    "schizophrenia": "R440:100",
    "oud": "F1121:80 F1111:20",
}


def _weighted(text: str) -> list[tuple[str, float]]:
    return [(code, float(weight)) for code, weight in (pair.split(":") for pair in text.split())]


def payer_rows() -> list[dict[str, Cell]]:
    """Slots of `payer_type, payer, plan, profile`; the profile says whose shares apply."""
    return slots(
        [
            (
                {
                    "payer_type": kind,
                    "payer": payer,
                    "plan": plan,
                    "profile": kind if kind in _TARGETS else MEDICAID,
                },
                share,
            )
            for kind, share, payer, plan in PAYERS
        ]
    )


def primary_rows() -> list[dict[str, Cell]]:
    """Slots of `profile, condition`: the condition a member is here for."""
    return [
        {**row, "profile": profile}
        for profile, targets in _TARGETS.items()
        for row in slots([({"condition": name}, share) for name, share, _ in targets])
    ]


def beside_rows() -> list[dict[str, Cell]]:
    """`profile, condition, chance, target`: what else a member may have."""
    targets: list[dict[str, Cell]] = [
        {"profile": profile, "condition": name, "chance": chance, "target": 1}
        for profile, conditions in _TARGETS.items()
        for name, _, chance in conditions
    ]
    return targets + [
        {"profile": profile, "condition": name, "chance": chance, "target": 0}
        for profile, companions in _COMPANIONS.items()
        for name, chance in companions.items()
    ]


def code_rows() -> list[dict[str, Cell]]:
    """Slots of `condition, number, alike, code`; `alike` marks codes that only look like it."""
    numbers = {condition: number for number, condition in enumerate(_CODES)}
    return [
        {**row, "condition": condition, "number": numbers[condition], "alike": alike}
        for alike, codes in enumerate((_CODES, _LOOKALIKES))
        for condition, text in codes.items()
        for row in slots([({"code": code}, weight) for code, weight in _weighted(text)])
    ]
