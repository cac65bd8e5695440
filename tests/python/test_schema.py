#!/usr/bin/python3
"""The JSON Schema that the program prints is a valid one and accepts every scenario of the library.

Where python3-jsonschema is not installed the check is of structure: every key of every scenario is one that the schema
describes. The program is found in the environment variable PLUNGE_EXECUTABLE.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("PLUNGE_EXECUTABLE")

try:
    import jsonschema
except ImportError:
    jsonschema = None


def read_toml(path):
    import tomllib

    with open(path, "rb") as file:
        return tomllib.load(file)


def scenarios():
    return sorted((ROOT / "scenarios").glob("*.toml"))


def described(schema):
    """Keys that an object may have, whatever is chosen."""
    keys = set(schema.get("properties", {}))
    for inner in [schema[key] for key in ("then", "else") if key in schema] + schema.get("allOf", []):
        keys |= described(inner)
    return keys


def changed(document, path, value):
    """A copy of `document` with one value replaced, or left out where `value` is None."""
    copy = json.loads(json.dumps(document, default=str))
    at = copy
    for key in path[:-1]:
        at = at[key]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return copy


# One mistake each in scenarios/quickstart.toml.
MISTAKES = [
    (["run"], {"wrolds": 3}),
    (["run", "step"], 60),
    (["run", "population"], "share"),
    (["asset", 0, "price"], -1),
    (["asset", 0, "aliases"], 3),
    (["asset", 0, "symbol"], None),
    (["prices", "model"], "mertn"),
    (["prices", "model"], None),
    (["prices", "volatility"], "high"),
    (["prices", "volatility"], -0.5),
    (["prices", "correlation"], "0.8"),
    (["prices", "jumps", "rate"], "fifty"),
    (["prices", "alpha"], 0.1),
    (["venue", 0, "mark"], "indx"),
    (["venue", 0, "mark"], {"ema": 30}),
    (["venue", 0, "mark"], {"emma": "30s", "ema": "30s"}),
    (["venue", 0, "impact", "shape"], "liner"),
    (["venue", 0, "impact", "depth"], None),
    (["venue", 0, "impact", "half_life"], "ten minutes"),
    (["venue", 0, "margin", "rat"], 0.005),
    (["venue", 0, "margin", "rate"], "0.005"),
    (["venue", 0, "liquidation", "fee"], -1),
    (["venue", 0, "liquidation", "share"], 0.1),
    (["venue", 0, "waterfall", 0, "layer"], "fund"),
    (["venue", 0, "waterfall", 0, "balance"], "1e6"),
    (["venue", 0, "waterfall", 1, "ranking"], "que"),
    (["venue", 0, "margin"], None),
    (["cohort", 0, "accounts"], 1.5),
    (["cohort", 0, "equity"], {"lognormal": {"median": 2000, "sgma": 1.5, "sigma": 1}}),
    (["cohort", 0, "equity"], "2000"),
    (["cohort", 0, "leverage"], None),
    (["cohort", 0, "positions"], 3),
    (["cohort", 0, "positions"], {"dirichlet": 0}),
    (["cohort", 1, "positions"], {"pick": {"BTC": 2, "ETH": 0.4}}),
    (["cohort", 0, "both_sides"], "net"),
    (["cohort", 0, "behaviour"], {"model": "topup"}),
    (["record", "traces"], "all"),
]


@unittest.skipUnless(PROGRAM, "set PLUNGE_EXECUTABLE to the program")
class SchemaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        output = subprocess.run([PROGRAM, "schema"], check=True, capture_output=True, text=True).stdout
        cls.schema = json.loads(output)

    def test_every_reference_is_defined(self):
        text = json.dumps(self.schema)
        for name in re.findall(r'"\$ref": "#/\$defs/(\w+)"', text):
            self.assertIn(name, self.schema["$defs"])

    def test_sections_of_scenarios_are_described(self):
        for path in scenarios():
            for section, content in read_toml(path).items():
                self.assertIn(section, self.schema["properties"], path.name)
                described_section = self.schema["properties"][section]
                tables = content if isinstance(content, list) else [content]
                keys = described(described_section.get("items", described_section))
                for table in tables:
                    self.assertLessEqual(set(table), keys, f"{path.name}: {section}")

    def test_scenarios_name_the_schema_that_the_program_prints(self):
        self.assertEqual(json.loads((ROOT / "scenarios" / "schema.json").read_text()), self.schema,
                         "plunge schema > scenarios/schema.json")
        for path in scenarios():
            self.assertEqual(path.read_text().splitlines()[0], "#:schema ./schema.json", path.name)

    @unittest.skipUnless(jsonschema and sys.version_info >= (3, 11), "needs python3-jsonschema")
    def test_each_mistake_is_one_diagnostic(self):
        validator = jsonschema.Draft202012Validator(self.schema)
        quickstart = read_toml(ROOT / "scenarios" / "quickstart.toml")
        self.assertEqual(list(validator.iter_errors(quickstart)), [])
        for path, value in MISTAKES:
            errors = [f"{list(error.path)}: {error.message[:200]}"
                      for error in validator.iter_errors(changed(quickstart, path, value))]
            self.assertEqual(len(errors), 1, f"{path} = {value}: {errors}")

    @unittest.skipUnless(jsonschema and sys.version_info >= (3, 11), "needs python3-jsonschema")
    def test_a_venue_that_starts_from_a_preset_need_not_say_the_rest(self):
        validator = jsonschema.Draft202012Validator(self.schema)
        document = read_toml(ROOT / "scenarios" / "quickstart.toml")
        document["venue"] = [{"name": "perp", "preset": "binance_usdm", "impact": {"shape": "linear", "depth": 5e6},
                              "liquidation": {"fee": 0.01}}]
        self.assertEqual([error.message[:200] for error in validator.iter_errors(document)], [])
        for section, key, value in [("impact", "dept", 1), ("liquidation", "fee", "none"), ("margin", "rule", "flt")]:
            wrong = json.loads(json.dumps(document))
            wrong["venue"][0].setdefault(section, {})[key] = value
            errors = [error.message[:200] for error in validator.iter_errors(wrong)]
            self.assertEqual(len(errors), 1, f"{section}.{key}: {errors}")

    @unittest.skipUnless(jsonschema and sys.version_info >= (3, 11), "needs python3-jsonschema")
    def test_schema_accepts_the_library_and_refuses_a_wrong_key(self):
        validator_class = jsonschema.Draft202012Validator
        validator_class.check_schema(self.schema)
        validator = validator_class(self.schema)
        for path in scenarios():
            document = read_toml(path)
            errors = [f"{list(error.path)}: {error.message[:200]}" for error in validator.iter_errors(document)]
            self.assertEqual(errors, [], path.name)
            document["run"] = {"wrolds": 3}
            self.assertFalse(validator.is_valid(document), path.name)
            document["run"] = {"step": 60}
            self.assertFalse(validator.is_valid(document), path.name)


if __name__ == "__main__":
    unittest.main()
