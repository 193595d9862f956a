"""A drug table of our own: real ingredients under labelers that do not exist; and therapies."""

from dataclasses import dataclass

from simulator.seeded import Cell, slots

LABELERS = ("99999", "99998")
"""Two makers of each product, so that one drug comes under two NDCs."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product; `per_day` is in the units of `quantity` (tablets, mL, grams of an inhaler)."""

    drug_class: str
    ingredient: str
    weight: float
    per_day: float
    route: str = "oral"
    form: str = "tablet"


_INHALED = "inhalation"

PRODUCTS = (
    Product("rasa", "lisinopril", 45, 1),
    Product("rasa", "lisinopril/hydrochlorothiazide", 12, 1),
    Product("rasa", "losartan", 28, 1),
    Product("rasa", "valsartan", 9, 1),
    Product("rasa", "benazepril", 6, 1),
    Product("calcium_channel_blocker", "amlodipine", 100, 1),
    Product("beta_blocker", "metoprolol succinate", 65, 1, form="extended-release tablet"),
    Product("beta_blocker", "carvedilol", 35, 2),
    Product("diuretic", "hydrochlorothiazide", 55, 1),
    Product("diuretic", "furosemide", 45, 1),
    Product("diabetes", "metformin", 58, 2),
    Product("diabetes", "glipizide", 14, 1),
    Product("diabetes", "sitagliptin", 8, 1),
    Product("diabetes", "empagliflozin", 12, 1),
    Product("diabetes", "semaglutide", 8, 0.11, "subcutaneous", "pen"),
    Product("insulin", "insulin glargine", 70, 0.3, "subcutaneous", "pen"),
    Product("insulin", "insulin lispro", 30, 0.4, "subcutaneous", "pen"),
    Product("statin", "atorvastatin", 55, 1),
    Product("statin", "rosuvastatin", 25, 1),
    Product("statin", "simvastatin", 20, 1),
    Product("copd_long_acting", "tiotropium", 55, 1, _INHALED, "capsule for inhalation"),
    Product("copd_long_acting", "umeclidinium/vilanterol", 45, 2, _INHALED, "dry powder inhaler"),
    Product("asthma_controller", "fluticasone", 40, 0.4, _INHALED, "metered-dose inhaler"),
    Product("asthma_controller", "budesonide/formoterol", 35, 0.34, _INHALED, "inhaler"),
    Product("asthma_controller", "montelukast", 25, 1),
    Product("saba", "albuterol", 100, 0.2834, _INHALED, "metered-dose inhaler"),
    Product("antipsychotic", "risperidone", 30, 2),
    Product("antipsychotic", "aripiprazole", 32, 1),
    Product("antipsychotic", "quetiapine", 30, 2),
    Product("antipsychotic", "paliperidone", 8, 0.05, "intramuscular", "long-acting injection"),
    Product("antidepressant", "sertraline", 38, 1),
    Product("antidepressant", "escitalopram", 32, 1),
    Product("antidepressant", "bupropion", 30, 1, form="extended-release tablet"),
    Product("mood_stabilizer", "lithium", 40, 3, form="capsule"),
    Product("mood_stabilizer", "lamotrigine", 60, 1),
    Product("moud", "buprenorphine/naloxone", 85, 2, "sublingual", "film"),
    Product("moud", "naltrexone", 15, 1),
    Product("alcohol_use", "naltrexone", 100, 1),
    Product("opioid_antagonist", "naloxone", 100, 0.07, "nasal", "spray"),
    Product("thyroid", "levothyroxine", 100, 1),
    Product("acid_reducer", "omeprazole", 60, 1, form="capsule"),
    Product("acid_reducer", "famotidine", 40, 2),
    Product("pain", "meloxicam", 55, 1),
    Product("pain", "gabapentin", 45, 3, form="capsule"),
    Product("antibiotic", "amoxicillin", 60, 3, form="capsule"),
    Product("antibiotic", "doxycycline", 40, 2),
    Product("steroid", "prednisone", 100, 2),
)

# Condition -> class: the chance that a member with the condition takes a drug of the class.
THERAPIES: dict[str, dict[str, float]] = {
    "hypertension": {
        "rasa": 0.74,
        "calcium_channel_blocker": 0.38,
        "beta_blocker": 0.22,
        "diuretic": 0.20,
    },
    "diabetes": {"diabetes": 0.84, "insulin": 0.22, "statin": 0.58, "rasa": 0.30},
    "asthma": {"asthma_controller": 0.66, "saba": 0.82, "steroid": 0.12},
    "copd": {"copd_long_acting": 0.70, "saba": 0.62, "steroid": 0.16},
    "depression": {"antidepressant": 0.76},
    "anxiety": {"antidepressant": 0.58},
    "bipolar": {"mood_stabilizer": 0.62, "antipsychotic": 0.48},
    "schizophrenia": {"antipsychotic": 0.86},
    "oud": {"moud": 0.66, "opioid_antagonist": 0.34},
    "lipids": {"statin": 0.66},
    "heart_failure": {"beta_blocker": 0.6, "diuretic": 0.6},
    "thyroid": {"thyroid": 0.88},
    "reflux": {"acid_reducer": 0.62},
    "arthritis": {"pain": 0.40},
    "back_pain": {"pain": 0.44},
    # Naltrexone against drinking: a claim that alone must not read as opioid use disorder.
    "alcohol": {"alcohol_use": 0.35},
    "acute": {"antibiotic": 0.30, "steroid": 0.06},
}

_SHORT = frozenset({"antibiotic", "steroid", "opioid_antagonist"})
"""Classes taken once or twice, not for good."""

# Days' supply of lasting therapies; short courses are of 10 or 20 days.
_DAYS = ((30, 0.745), (90, 0.205), (20, 0.03), (10, 0.02))


def ndc11(labeler: str, number: int) -> str:
    """The billing form of 5-4-2: labeler, product, package, without hyphens."""
    return f"{labeler}{101 + number:04d}30"


def drug_rows() -> list[dict[str, Cell]]:
    """The `drug` file: `ndc11, ingredient, drug_class, route, form`.

    Naltrexone is one drug whatever it is taken for, so the file calls it `moud` both times.
    """
    return [
        {
            "ndc11": ndc11(labeler, number),
            "ingredient": product.ingredient,
            "drug_class": "moud" if product.drug_class == "alcohol_use" else product.drug_class,
            "route": product.route,
            "form": product.form,
        }
        for labeler in LABELERS
        for number, product in enumerate(PRODUCTS)
    ]


def product_rows() -> list[dict[str, Cell]]:
    """Slots of `drug_class, class_number, ndc_tail, per_day`: the product a member takes."""
    classes = list(dict.fromkeys(product.drug_class for product in PRODUCTS))
    return [
        {**row, "drug_class": name, "class_number": place}
        for place, name in enumerate(classes)
        for row in slots(
            [
                ({"ndc_tail": ndc11("", number), "per_day": product.per_day}, product.weight)
                for number, product in enumerate(PRODUCTS)
                if product.drug_class == name
            ]
        )
    ]


def therapy_rows() -> list[dict[str, Cell]]:
    """`condition, drug_class, chance, short`."""
    return [
        {"condition": condition, "drug_class": name, "chance": chance, "short": int(name in _SHORT)}
        for condition, classes in THERAPIES.items()
        for name, chance in classes.items()
    ]


def supply_rows() -> list[dict[str, Cell]]:
    """Slots of `days`."""
    return slots([({"days": days}, share) for days, share in _DAYS])
