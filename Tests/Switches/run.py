"""Exchanges values of switches in a copy of the project and runs the tests that should notice; see run.sh."""

import os
import re
import subprocess
import sys

SWITCHES = "Sources/Gateway/MappingTables/Switches/Switch.swift"
VALUES = "Sources/Gateway/MappingTables/Switches/SwitchSet.swift"
PLACES = "Tests/Gateway/InterworkingTests/Tables/SwitchValueTests.swift"
ASSIGNMENT = """throw Fault(reason: "\\"\\(value.prefix(64))\\" is not a value of \\(name.name)", expected: words)
            }
            texts[name.rawValue] = """


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def patch(root):
    """Has the copy take EXCHANGED=SWITCH|VALUE|OTHER from the environment."""
    text = read(root, VALUES)
    if text.count(ASSIGNMENT + "value\n") != 1:
        sys.exit(f"{VALUES}: the place where a word is set is not found; bring {__file__} up to date")
    text = "import Foundation\n" + text.replace(ASSIGNMENT + "value\n", ASSIGNMENT + "exchanged(name.name, value)\n")
    text += """
private let exchange = (ProcessInfo.processInfo.environment["EXCHANGED"] ?? "").split(separator: "|")
private func exchanged(_ name: String, _ value: String) -> String {
    exchange.count == 3 && exchange[0] == name && exchange[1] == value ? String(exchange[2]) : value
}
"""
    with open(os.path.join(root, VALUES), "w", encoding="utf-8") as file:
        file.write(text)


def exchanges(root):
    """Yields the switch, its value, the other value, and the file of tests."""
    declarations = re.findall(r'\("([a-z0-9.\-]+)", \.words\(\[(.*?)\]\)\)', read(root, SWITCHES))
    words = {name: re.findall(r'"([^"]+)"', values) for name, values in declarations}
    text = read(root, PLACES)
    places = text[text.index("places: [String") : text.index("private static let elsewhere")]
    for file, values in re.findall(r'"(Gateway[^"]+)": \[(.*?)\]', places, re.DOTALL):
        for name, value in re.findall(r'"([a-z0-9.\-]+): ([^"]+)"', values):
            others = words[name]
            yield name, value, others[(others.index(value) + 1) % len(others)], file


def run(root, wanted):
    passed = failed = 0
    for name, value, other, file in exchanges(root):
        if wanted and name not in wanted:
            continue
        module, source = file.split("/")[1], file.split("/")[-1]
        command = [".build/debug/isthmusPackageTests.xctest", "--testing-library", "swift-testing"]
        command += ["--filter", rf"^{module}\..*{re.escape(source)}"]

        def tests(exchange):
            result = subprocess.run(
                command, cwd=root, env={**os.environ, "EXCHANGED": exchange}, capture_output=True, timeout=600
            )
            return result.returncode, re.search(rb"Test run with (\d+) tests?", result.stdout + result.stderr)

        code, ran = tests(f"{name}|{value}|{other}")
        if code != 0 and ran and tests("")[0] == 0:
            passed += 1
            print(f"ok      {name}: {value} as {other} is noticed by {file}", flush=True)
        else:
            failed += 1
            print(f"FAILED  {name}: {value} as {other} is not noticed by {file}", flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)


if __name__ == "__main__":
    mode, root, *switches = sys.argv[1:]
    if mode == "--patch":
        patch(root)
    else:
        run(root, switches)
