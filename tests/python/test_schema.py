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
    """Keys that an object may have, over all alternatives."""
    keys = set(schema.get("properties", {}))
    for choice in schema.get("oneOf", []):
        keys |= described(choice)
    return keys


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
