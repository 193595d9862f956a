"""Area codes by state and zone, so that a made-up number mostly keeps the hours of its address."""

from simulator.seeded import Cell

ZONES = {
    "America/New_York": "eastern",
    "America/Detroit": "eastern",
    "America/Chicago": "central",
    "America/Menominee": "central",
    "America/Denver": "mountain",
    "America/Boise": "mountain",
    "America/Phoenix": "mountain",
    "America/Los_Angeles": "pacific",
    "America/Anchorage": "alaska",
    "America/Nome": "alaska",
    "America/Juneau": "alaska",
    "Pacific/Honolulu": "hawaii",
    "America/Puerto_Rico": "atlantic",
}
"""IANA zones as the ZIP table names them; the smaller Indiana, Kentucky and Dakota zones are
left to their state's first group."""

# The first group of a state takes every address whose zone has no group of its own.
_CODES: dict[str, dict[str, str]] = {
    "AK": {"alaska": "907"},
    "AL": {"central": "205 251 256 334 659 938"},
    "AR": {"central": "479 501 870"},
    "AZ": {"mountain": "480 520 602 623 928"},
    "CA": {
        "pacific": "209 213 279 310 323 341 408 415 424 442 510 530 559 562 619 626 628 650 657"
        " 661 669 707 714 747 760 805 818 820 831 840 858 909 916 925 949 951"
    },
    "CO": {"mountain": "303 719 720 970"},
    "CT": {"eastern": "203 475 860 959"},
    "DC": {"eastern": "202 771"},
    "DE": {"eastern": "302"},
    "FL": {
        "eastern": "239 305 321 352 386 407 561 656 689 727 754 772 786 813 863 904 941 954",
        "central": "448 850",
    },
    "GA": {"eastern": "229 404 470 478 678 706 762 770 912 943"},
    "HI": {"hawaii": "808"},
    "IA": {"central": "319 515 563 641 712"},
    "ID": {"mountain": "208 986"},
    "IL": {"central": "217 224 309 312 331 447 464 618 630 708 773 779 815 847 872"},
    "IN": {"eastern": "260 317 463 574 765 812 930", "central": "219"},
    "KS": {"central": "316 620 785 913"},
    "KY": {"eastern": "502 606 859", "central": "270 364"},
    "LA": {"central": "225 318 337 504 985"},
    "MA": {"eastern": "339 351 413 508 617 774 781 857 978"},
    "MD": {"eastern": "227 240 301 410 443 667"},
    "ME": {"eastern": "207"},
    "MI": {"eastern": "231 248 269 313 517 586 616 734 810 906 947 989"},
    "MN": {"central": "218 320 507 612 651 763 952"},
    "MO": {"central": "314 417 557 573 636 660 816"},
    "MS": {"central": "228 601 662 769"},
    "MT": {"mountain": "406"},
    "NC": {"eastern": "252 336 472 704 743 828 910 919 980 984"},
    "ND": {"central": "701"},
    "NE": {"central": "402 531", "mountain": "308"},
    "NH": {"eastern": "603"},
    "NJ": {"eastern": "201 551 609 640 732 848 856 862 908 973"},
    "NM": {"mountain": "505 575"},
    "NV": {"pacific": "702 725 775"},
    "NY": {
        "eastern": "212 315 332 347 516 518 585 607 631 646 680 716 718 838 845 914 917 929 934"
    },
    "OH": {"eastern": "216 220 234 326 330 380 419 440 513 567 614 740 937"},
    "OK": {"central": "405 539 572 580 918"},
    "OR": {"pacific": "458 503 541 971"},
    "PA": {"eastern": "215 223 267 272 412 445 484 570 582 610 717 724 814 835 878"},
    "PR": {"atlantic": "787 939"},
    "RI": {"eastern": "401"},
    "SC": {"eastern": "803 839 843 854 864"},
    "SD": {"central": "605"},
    "TN": {"central": "615 629 731 901 931", "eastern": "423 865"},
    "TX": {
        "central": "210 214 254 281 325 346 361 409 430 432 469 512 682 713 726 737 806 817 830"
        " 832 903 936 940 945 956 972 979",
        "mountain": "915",
    },
    "UT": {"mountain": "385 435 801"},
    "VA": {"eastern": "276 434 540 571 703 757 804 826 948"},
    "VT": {"eastern": "802"},
    "WA": {"pacific": "206 253 360 425 509 564"},
    "WI": {"central": "262 274 414 534 608 715 920"},
    "WV": {"eastern": "304 681"},
    "WY": {"mountain": "307"},
}

STATES = tuple(_CODES)
"""The states, the District of Columbia and Puerto Rico."""

# A network of independent pharmacies does not reach everywhere: 44 states, as the real one began.
NETWORK_STATES = tuple(sorted(set(STATES) - {"AK", "DC", "DE", "HI", "NH", "PR", "RI", "VT"}))


def area_code_rows() -> list[dict[str, Cell]]:
    """`state, zone, first` (is this the state's first group), `place` in the group, `npa`."""
    return [
        {"state": state, "zone": zone, "first": int(order == 0), "place": place, "npa": npa}
        for state, groups in _CODES.items()
        for order, (zone, codes) in enumerate(groups.items())
        for place, npa in enumerate(codes.split())
    ]


def zone_rows() -> list[dict[str, Cell]]:
    """`timezone, zone`."""
    return [{"timezone": timezone, "zone": zone} for timezone, zone in ZONES.items()]
