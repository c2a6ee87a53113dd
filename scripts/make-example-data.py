"""Writes the CSV files under examples/*/data from scikit-learn's copies of the data sets.

Run with Debian's python3-sklearn: /usr/bin/python3 scripts/make-example-data.py
The result is committed; nothing else in the project needs Python or scikit-learn.
"""
from pathlib import Path

from sklearn.datasets import load_diabetes, load_digits, load_wine

# Age in years, sex, body mass index, blood pressure, and six blood serum measurements.
DIABETES_COLUMNS = ["age", "sex", "bmi", "blood_pressure", "tc", "ldl", "hdl", "tch", "ltg", "glucose"]

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


def write(path, header, rows):
    lines = [",".join(header)] + [",".join(format(value, ".10g") for value in row) for row in rows]
    (EXAMPLES / path).write_text("\n".join(lines) + "\n")


def with_target(data):
    return [[*features, target] for features, target in zip(data.data, data.target)]


digits = load_digits()
write("digits/data/digits.csv", [f"p{i}" for i in range(64)] + ["digit"], with_target(digits))

diabetes = load_diabetes(scaled=False)
write("linear/data/diabetes.csv", DIABETES_COLUMNS + ["progression"], with_target(diabetes))

wine = load_wine()
write(
    "optimisers/data/wine.csv",
    [name.replace("/", "_") for name in wine.feature_names] + ["cultivar"],
    with_target(wine),
)
