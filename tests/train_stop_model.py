"""Learns the weights of programs/stop_model.json anew: `python tests/train_stop_model.py`.

From every labelled text of the corpora but the unseen ones. The same texts give the same weights.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from reply_corpus import DOUBTFUL, NOT_STOPS, STOPS, lines
from reply_corpus_answers import MORE_NOT_STOPS
from reply_corpus_english import MORE_STOPS
from reply_corpus_fifth import FIFTH_NOT_STOPS, FIFTH_STOPS
from reply_corpus_fourth import FOURTH_NOT_STOPS, FOURTH_STOPS
from reply_corpus_others import MORE_DOUBTFUL, SPANISH_NOT_STOPS
from reply_corpus_second import SECOND_DOUBTFUL, SECOND_NOT_STOPS, SECOND_STOPS
from reply_corpus_spanish import SPANISH_STOPS
from reply_corpus_third import THIRD_NOT_STOPS, THIRD_STOPS

from domain.danger import fold
from domain.replies import ReplyWords, as_meant
from domain.stop_model import StopModel, features

PROGRAMS = Path(__file__).parents[1] / "programs"
SEEN_OFTEN_ENOUGH = 3
STRENGTH, STEPS, RATE = 1.0, 400, 0.05
LABELLED = (
    [(text, 1.0) for text in (STOPS, MORE_STOPS, SPANISH_STOPS, SECOND_STOPS)]
    + [(text, 1.0) for text in (DOUBTFUL, MORE_DOUBTFUL, SECOND_DOUBTFUL)]
    + [(text, 0.0) for text in (NOT_STOPS, MORE_NOT_STOPS, SPANISH_NOT_STOPS, SECOND_NOT_STOPS)]
    + 2 * [(text, 1.0) for text in (THIRD_STOPS, FOURTH_STOPS, FIFTH_STOPS)]
    + 2 * [(text, 0.0) for text in (THIRD_NOT_STOPS, FOURTH_NOT_STOPS, FIFTH_NOT_STOPS)]
)
"""The last three corpora are the nearest to what members write, and count twice."""


def learn(data: dict[str, Any]) -> dict[str, Any]:
    replies = yaml.safe_load((PROGRAMS / "replies.yaml").read_text("utf-8"))
    danger = yaml.safe_load((PROGRAMS / "danger.yaml").read_text("utf-8"))
    words = ReplyWords.from_data(replies, danger)
    concepts = StopModel.from_data(data).concepts
    texts = [(body, label) for listed, label in LABELLED for body in lines(listed)]
    found = [features(as_meant(fold(body), words), concepts, words.spelling) for body, _ in texts]
    counted = Counter(feature for each in found for feature in each)
    names = sorted(name for name, count in counted.items() if count >= SEEN_OFTEN_ENOUGH)
    place = {name: number for number, name in enumerate(names)}
    table = np.zeros((len(texts), len(names) + 1))
    table[:, -1] = 1.0
    for row, each in enumerate(found):
        table[row, [place[name] for name in each if name in place]] = 1.0
    weights = _descend(table, np.array([label for _, label in texts]))
    kept = {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=False)}
    return {
        **data,
        "bias": round(float(weights[-1]), 2),
        "weights": {name: weight for name, weight in kept.items() if weight},
    }


def _descend(table: Any, labels: Any) -> Any:
    """Logistic regression by Adam's steps; the bias is free."""
    weights = np.zeros(table.shape[1])
    mean, spread = np.zeros_like(weights), np.zeros_like(weights)
    pull = np.ones_like(weights)
    pull[-1] = 0.0
    for step in range(1, STEPS + 1):
        guess = 1.0 / (1.0 + np.exp(-(table @ weights)))
        slope = table.T @ (guess - labels) + STRENGTH * pull * weights
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.999 * spread + 0.001 * slope * slope
        move = mean / (1 - 0.9**step) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-8)
        weights = weights - RATE * move
    return weights


if __name__ == "__main__":
    file = PROGRAMS / "stop_model.json"
    learnt = learn(json.loads(file.read_text("utf-8")))
    file.write_text(json.dumps(learnt, indent=1, ensure_ascii=False) + "\n", "utf-8")
