"""The lines that a run prints and the numbers that it ends with."""

import json
import sys
import time


class Report:
    """Collects claims as they are shown or fail, and prints each at once."""

    def __init__(self, missing_is_failure, lines=sys.stdout):
        self.missing_is_failure, self.lines = missing_is_failure, lines
        self.entries = []
        self.figures = {}
        self.started = time.monotonic()

    def say(self, line):
        print(line, file=self.lines, flush=True)

    def claim(self, play, text, held, detail=""):
        """Records one claim; `detail` says what was seen when it does not hold."""
        detail = "" if held else str(detail)
        self.entries.append({"play": play, "claim": text, "outcome": "ok" if held else "failed", "detail": detail})
        word = "ok     " if held else "FAILED "
        line = f"{word} {play}: {text}"
        if detail:
            line += "\n" + "\n".join("        " + part for part in detail.splitlines()[:40])
        self.say(line)
        return held

    def skip(self, play, reason):
        """Records that a play could not run because something is not installed."""
        if self.missing_is_failure:
            self.claim(play, "everything it needs is installed", False, reason)
            return
        self.entries.append({"play": play, "claim": "", "outcome": "skipped", "detail": reason})
        self.say(f"skipped {play}: {reason}")

    def figure(self, play, name, value):
        """Prints a number that is worth reading but is no claim."""
        self.figures.setdefault(play, {})[name] = value
        self.say(f"        {play}: {name} = {value}")

    def count(self, outcome):
        return sum(1 for entry in self.entries if entry["outcome"] == outcome)

    def close(self, json_path=None):
        """Prints the closing line and returns the exit code."""
        passed, failed, skipped = self.count("ok"), self.count("failed"), self.count("skipped")
        seconds = time.monotonic() - self.started
        if json_path:
            document = {"passed": passed, "failed": failed, "skipped": skipped, "seconds": round(seconds, 1),
                        "claims": self.entries, "figures": self.figures}
            text = json.dumps(document, indent=2, ensure_ascii=False)
            if json_path == "-":
                sys.stdout.write(text + "\n")
            else:
                with open(json_path, "w", encoding="utf-8") as file:
                    file.write(text + "\n")
        if skipped:
            self.say(f"{skipped} plays skipped")
        self.say(f"{passed} passed, {failed} failed")
        return 1 if failed else 0
