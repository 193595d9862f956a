"""Names of nobody: lists to combine into members, streets and pharmacies that do not exist."""

from collections.abc import Sequence

from simulator.seeded import Cell, slots

_FIRST = {
    ("en", "female"): "Alice Amber Barbara Bernice Beverly Brenda Carol Clara Connie Darlene Debra"
    " Denise Diane Doris Edith Eileen Ellen Emma Florence Gail Gloria Hazel Helen Ida Irene Jane"
    " Janet Joan Joyce Judith Karen Kelly Laura Lillian Linda Lois Mabel Marcia Marie Martha"
    " Nancy Nora Olive Pamela Patty Phyllis Rita Robin Ruth Sally Sandra Sharon Sheila Shirley"
    " Susan Tanya Thelma Vera Wanda Yvonne",
    ("en", "male"): "Albert Alvin Andrew Arthur Barry Bernard Brian Bruce Calvin Carl Cecil Chester"
    " Clarence Clyde Curtis Dale Darryl Dennis Donald Earl Edgar Edwin Ernest Eugene Floyd"
    " Francis Frank Fred Gary George Gerald Gilbert Glenn Gordon Harold Harvey Henry Herbert"
    " Howard Hugh Jerome Keith Kenneth Larry Leonard Leroy Lewis Marvin Melvin Milton Nathan"
    " Norman Oscar Philip Ralph Raymond Roger Roy Stanley Vernon",
    ("es", "female"): "Adela Alicia Alma Amparo Ana Beatriz Blanca Carmen Catalina Celia Consuelo"
    " Dolores Elena Elvira Emilia Esperanza Estela Eva Gloria Graciela Guadalupe Inés Irma"
    " Josefina Juana Leticia Lucía Luisa Luz Margarita María Marta Mercedes Pilar Raquel Rosa"
    " Sofía Teresa Victoria Yolanda",
    ("es", "male"): "Alberto Alfonso Andrés Ángel Antonio Arturo Benito Carlos César Daniel Diego"
    " Eduardo Emilio Enrique Ernesto Felipe Fernando Francisco Gustavo Héctor Ignacio Jaime Javier"
    " Jorge José Juan Julio Lorenzo Luis Manuel Marcos Mario Miguel Pablo Pedro Rafael Ramón"
    " Ricardo Roberto Vicente",
}
_LAST = {
    "en": "Abbott Adler Ames Arden Ashby Baines Barlow Beck Benton Birch Blair Bowman Brandt"
    " Briggs Calder Carver Chase Coburn Cole Corbin Dalton Dawes Dixon Drake Easton Ellery Emmons"
    " Fairley Finch Foley Forbes Garner Gibbs Goodwin Graves Hale Harlan Hayes Hobart Holt Hyde"
    " Ingram Jarvis Keane Kemp Kirby Lang Lowell Marsh Mercer Moody Nash Norris Oakley Osborn"
    " Paine Parrish Pruitt Quigley Ramsey Redd Rhodes Rowan Sawyer Shaw Slater Sloan Stokes"
    " Sutter Talbot Thorne Tobin Tucker Vance Wade Waller Weldon Whitley Wilder Yates",
    "es": "Acosta Aguilar Alonso Arroyo Barrera Benítez Bravo Cabrera Campos Cárdenas Castillo"
    " Cervantes Contreras Delgado Domínguez Escobar Espinoza Figueroa Flores Fuentes Gallegos"
    " Guerrero Herrera Ibarra Jiménez Lara Lozano Luna Maldonado Márquez Medina Mendoza Molina"
    " Montoya Navarro Núñez Ochoa Ortega Pacheco Padilla Peña Quintero Ramírez Ríos Robles Rosales"
    " Salazar Salinas Serrano Solís Trujillo Valdez Vargas Vega Velasco Villarreal Zamora Zúñiga",
}
_STREETS = (
    "Alder Ash Bayview Beech Birch Bluff Brook Cedar Chestnut Church Clay Cottage Creek Cypress"
    " Dogwood Elm Fern Field Forest Garden Grove Harbor Hickory Hill Holly Juniper Lake Laurel"
    " Linden Locust Magnolia Maple Meadow Mill Mulberry Oak Orchard Park Pecan Pine Poplar Prairie"
    " Ridge River School Spring Spruce Summit Sycamore Valley Walnut Willow"
)
_PHARMACIES = (
    "{street} Street Pharmacy",
    "{city} Family Pharmacy",
    "{last} Drug",
    "{last} & Sons Pharmacy",
    "{city} Community Pharmacy",
    "{street} Hill Apothecary",
    "The {street} Tree Pharmacy",
    "{last} Prescription Shop",
)


def first_name_rows() -> list[dict[str, Cell]]:
    """Slots of `tongue, gender, name`."""
    return [
        {"tongue": tongue, "gender": gender, **row}
        for (tongue, gender), names in _FIRST.items()
        for row in _even(names.split())
    ]


def last_name_rows() -> list[dict[str, Cell]]:
    """Slots of `tongue, name`."""
    return [
        {"tongue": tongue, **row} for tongue, names in _LAST.items() for row in _even(names.split())
    ]


def street_rows() -> list[dict[str, Cell]]:
    """Slots of `name`."""
    return _even(_STREETS.split())


def pharmacy_name_rows() -> list[dict[str, Cell]]:
    """Slots of `name`, which has `{street}`, `{city}` or `{last}` in it."""
    return _even(_PHARMACIES)


def _even(names: Sequence[str]) -> list[dict[str, Cell]]:
    return slots([({"name": name}, 1.0) for name in names])
