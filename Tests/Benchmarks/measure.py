#!/usr/bin/env python3
"""Runs gwbench against the gateway and against Kamailio in turn, and prints medians side by side.

With --mode s2s the gateway has streams to another server over TLS in place of a component, and with --mode both it is
measured both ways. Its ratio is that to Kamailio; the ratio of streams between servers is that to the component.

Each run starts its system afresh, warms it up, measures, and counts the CPU time of the settling after it too. The
figure to compare is CPU microseconds a delivered message: wall time drifts on a shared machine.
"""

import argparse
import json
import os
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Interop"))

from stage.authority import Authority  # noqa: E402
from stage.ports import free_port  # noqa: E402
from stage.processes import NotReady, Server, wait_for  # noqa: E402

CASES = {
    "sip2xmpp-full": ["--mode", "sip2xmpp", "--count", "50000", "--window", "32"],
    "xmpp2sip-full": ["--mode", "xmpp2sip", "--count", "50000", "--window", "32"],
    "sip2xmpp-10k": ["--mode", "sip2xmpp", "--count", "60000", "--window", "5000", "--rate", "10000"],
    "xmpp2sip-10k": ["--mode", "xmpp2sip", "--count", "60000", "--window", "5000", "--rate", "10000"],
    "sip2xmpp-1k": ["--mode", "sip2xmpp", "--count", "6000", "--window", "1000", "--rate", "1000"],
    "xmpp2sip-1k": ["--mode", "xmpp2sip", "--count", "6000", "--window", "1000", "--rate", "1000"],
    "presence-out": ["--mode", "pres-xmpp2sip", "--count", "20000", "--window", "32"],
    "presence-in": ["--mode", "pres-sip2xmpp", "--count", "20000", "--window", "32"],
}
COMMON = ["--json", "--body-bytes", "100", "--users", "200", "--warmup", "2000", "--settle-ms", "6000",
          "--lost-ms", "5000", "--giveup-ms", "10000", "--connect-ms", "30000"]
PROGRAM_DIRECTORIES = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

CONFIGURATION = """\
gateway: {{name: gw.sip.example, state: ./state, mappings: {mappings}}}
domains:
  xmpp:
    xmpp.example: {{}}
  cpim:
    sip.example: {{next-hop: "sip:127.0.0.1:{peer};transport=udp", via: sip}}
{link}sip:
  listen: ["udp:127.0.0.1:{sip}", "tcp:127.0.0.1:{sip}"]
  trusted: [{{address: 127.0.0.1, domains: [sip.example]}}]
limits: {{presence-pace: 0s{limits}}}
"""
COMPONENT = """\
xmpp:
  components: [{{domain: sip.example, connect: "127.0.0.1:{xmpp}", secret-file: secret}}]
"""
SERVER = """\
xmpp:
  server:
    listen: ["127.0.0.1:{port}"]
    certificate: {certificate.chain}
    key: {certificate.key}
    trust: {trust}
    authentication: pkix
    peers: {{xmpp.example: {{connect: "127.0.0.1:{peer}"}}}}
"""
# One stream carries all of the load.
SERVER_LIMITS = ", stream-stanzas-per-second: 1000000, stream-bytes-per-second: 1GiB"


class Isthmus:
    """The gateway with a fresh store."""

    name = "isthmus"

    def __init__(self, options, work, wrapper=()):
        self.sip, self.xmpp, self.peer = free_port(), free_port(), free_port()
        (work / "secret").write_text("secret\n")
        (work / "secret").chmod(0o600)
        mappings = HERE.parents[1] / "Mappings"
        (work / "isthmus.yaml").write_text(CONFIGURATION.format(
            mappings=json.dumps(str(mappings)), peer=self.peer, sip=self.sip, link=self.link(work),
            limits=self.limits))
        self.server = Server("isthmus", [*wrapper, options.gateway, "serve", "--config", work / "isthmus.yaml"], work)
        self.arguments = []

    limits = ""

    def link(self, _):
        """The part of the configuration that leads to XMPP."""
        return COMPONENT.format(xmpp=self.xmpp)

    def stop(self):
        self.server.stop()

    def idle_kilobytes(self):
        """Resident memory of a process that has done nothing yet."""
        time.sleep(1)
        text = Path(f"/proc/{self.server.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text).group(1))

    def threads(self):
        """CPU microseconds of each thread so far, by the name of the thread without its number."""
        spent = {}
        for task in Path(f"/proc/{self.server.pid}/task").iterdir():
            name, rest = re.fullmatch(r"\d+ \((.*)\) (.*)", (task / "stat").read_text().strip()).groups()
            name = "network" if name.startswith("NIO-ELT") else re.sub(r"[-#\d]+$", "", name)
            ticks = sum(int(field) for field in rest.split()[11:13])
            spent[name] = spent.get(name, 0) + ticks * 1_000_000 / os.sysconf("SC_CLK_TCK")
        return spent

    def synchronous(self):
        found = re.search(r"synchronous\W+(\w+)", self.server.text(), re.IGNORECASE)
        return found.group(1).upper() if found else None


class IsthmusServers(Isthmus):
    """The gateway with streams between servers; `servers.py` stands between it and gwbench, and is not counted."""

    name = "isthmus-s2s"
    limits = SERVER_LIMITS

    def link(self, work):
        self.authority, self.port, self.beside = Authority(work), free_port(), free_port()
        certificate = self.authority.issue("sip.example")
        return SERVER.format(port=self.port, certificate=certificate, trust=self.authority.trust, peer=self.beside)

    def __init__(self, options, work, wrapper=()):
        super().__init__(options, work, wrapper)
        wait_for(lambda: self._listens(), 30, lambda: f"the gateway takes no servers:\n{self.server.tail()}")
        own = self.authority.issue("xmpp.example")
        self.relay = Server("servers", [
            sys.executable, HERE / "servers.py", "--gateway", self.port, "--gwbench", self.xmpp,
            "--listen", self.beside, "--certificate", own.chain, "--key", own.key, "--trust", self.authority.trust],
            work)

    def _listens(self):
        if not self.server.running:
            raise NotReady(f"the gateway ended:\n{self.server.tail()}")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        self.relay.stop()
        self.server.stop()


class Kamailio:
    """Debian's Kamailio with its xmpp module, which keeps nothing."""

    name = "kamailio"

    def __init__(self, options, work, wrapper=()):
        self.sip, self.xmpp, self.peer = free_port(), free_port(), free_port()
        installed = Path(next(Path("/usr/lib").glob("*/kamailio/modules")))
        modules = work / "modules"
        modules.mkdir()
        for module in installed.glob("*.so"):
            if module.name != "xmpp.so":
                (modules / module.name).symlink_to(module)
        # Debian's build crashes on the first attribute; without the mend there is nothing to compare with.
        mended = subprocess.run(
            [sys.executable, HERE / "peers/patch-xmpp-so.py", installed / "xmpp.so", modules / "xmpp.so"],
            capture_output=True, text=True, check=False)
        if mended.returncode != 0:
            raise NotReady(f"xmpp.so could not be mended: {mended.stderr.strip().splitlines()[-1]}")
        text = (HERE / "peers/kamailio-xmpp.cfg").read_text()
        for word, value in (("@SIP@", self.sip), ("@XMPP@", self.xmpp), ("@PEER@", self.peer), ("@MODULES@", modules)):
            text = text.replace(word, str(value))
        (work / "kamailio.cfg").write_text(text)
        program = shutil.which("kamailio", path=PROGRAM_DIRECTORIES)
        self.server = Server(
            "kamailio", [program, "-f", work / "kamailio.cfg", "-DD", "-E", "-m", "768", "-M", "16", "-x", "fm",
                         "-w", work, "-P", work / "pid"], work)
        wait_for(lambda: (work / "pid").exists() and (work / "pid").read_text().strip(), 20,
                 lambda: f"kamailio did not start:\n{self.server.tail()}")
        # It leaves Nagle's algorithm on, so the driver acknowledges at once.
        self.arguments = ["--quickack"]

    def stop(self):
        self.server.stop()

    def idle_kilobytes(self):
        return None

    def threads(self):
        """Not asked: it has processes."""
        return {}

    def synchronous(self):
        return None


class SyncProbe:
    """What one fdatasync of 4 kB costs on the same file system while a run goes on, twenty times a second."""

    def __init__(self, folder):
        self.path, self.taken, self._open = folder / "sync-probe", [], True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        block = b"\0" * 4096
        with open(self.path, "wb", buffering=0) as file:
            while self._open:
                file.write(block)
                before = time.monotonic()
                os.fdatasync(file.fileno())
                self.taken.append((time.monotonic() - before) * 1000)
                time.sleep(0.05)

    def stop(self):
        self._open = False
        self._thread.join(5)
        self.path.unlink(missing_ok=True)
        ordered = sorted(self.taken)
        return ordered[len(ordered) // 2], ordered[int((len(ordered) - 1) * 0.99)]


def one_run(kind, case, options, scratch, traced=False):
    """One start, one measurement. Returns gwbench's object with what was measured beside it."""
    work = Path(tempfile.mkdtemp(prefix=f"{kind.name}-", dir=scratch))
    trace = work / "syncs"
    wrapper = ["strace", "-D", "-f", "--seccomp-bpf", "-e", "trace=fsync,fdatasync", "-e", "signal=none",
               "-o", str(trace)] if traced else []
    system = kind(options, work, wrapper)
    try:
        words = [options.driver, *CASES[case], *COMMON, *system.arguments, "--label", f"{kind.name} {case}",
                 "--gw-sip", f"127.0.0.1:{system.sip}", "--sip-listen", str(system.peer),
                 "--xmpp-listen", str(system.xmpp), "--pid", str(system.server.pid)]
        if options.quick:
            words[words.index("--count") + 1] = str(int(words[words.index("--count") + 1]) // 5)
            words[words.index("--settle-ms") + 1] = "1500"
        idle = system.idle_kilobytes()
        probe = SyncProbe(work) if issubclass(kind, Isthmus) and not traced else None
        before = system.threads()
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=300, check=False)
        probed = probe.stop() if probe else None
        spent = system.threads()
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        if not lines:
            raise NotReady(f"gwbench printed nothing for {kind.name} {case}: {done.stderr.strip()}\n"
                           f"{system.server.tail(8)}")
        result = json.loads(lines[-1])
        result.update(system=kind.name, case=case, idle_kb=idle, synchronous=system.synchronous(),
                      sync_ms=probed, messages=done.stderr.strip(),
                      threads={name: spent[name] - before.get(name, 0) for name in spent})
    finally:
        system.stop()
    if traced:
        result["syncs"] = trace.read_text(errors="replace").count(" = 0")
    shutil.rmtree(work, ignore_errors=True)
    return result


def spread(values, digits):
    """Median, and the smallest and largest in brackets."""
    if not values:
        return "-"
    text = f"{statistics.median(values):,.{digits}f}"
    return text if len(values) == 1 else f"{text} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def per_run(result):
    """The messages of a run with those that warmed it up, which threads are measured with."""
    return result["delivered"] + int(COMMON[COMMON.index("--warmup") + 1])


def table(results, syncs):
    """The lines of the table, columns aligned."""
    head = ["case", "system", "runs", "msg/s", "CPU µs/msg", "ratio", "by thread", "p50 ms", "p99 ms", "peak RSS MB", "PSS MB",
            "idle RSS MB", "messages/fsync", "fdatasync p50/p99 ms", "checks"]
    rows = []
    for case in dict.fromkeys(result["case"] for result in results):
        own = [result for result in results if result["case"] == case]
        for system in dict.fromkeys(result["system"] for result in own):
            runs = [result for result in own if result["system"] == system]
            flows = [result["flows"][0] for result in runs]
            cpu = [result["cpu_us_per_msg"] for result in runs]
            other = {Isthmus.name: Kamailio.name, IsthmusServers.name: Isthmus.name}.get(system)
            peers = [result["cpu_us_per_msg"] for result in own if result["system"] == other]
            ratio = "-"
            if peers and statistics.median(peers):
                ratio = f"{statistics.median(cpu) / statistics.median(peers):.2f}"
            threads = {name: statistics.median(result["threads"].get(name, 0) / per_run(result) for result in runs)
                       for name in dict.fromkeys(name for result in runs for name in result["threads"])}
            busy = sorted(((value, name) for name, value in threads.items() if value >= 0.5), reverse=True)
            probes = [result["sync_ms"] for result in runs if result["sync_ms"]]
            faults = {name: sum(flow[name] for flow in flows)
                      for name in ("missing", "duplicates", "misordered", "bad_body", "bad_from", "bad_to",
                                   "sip_failed", "sip_timeout", "xmpp_errors", "overlaps")}
            wrong = " ".join(f"{name}:{count}" for name, count in faults.items() if count)
            rows.append([
                case, system, str(len(runs)), spread([flow["msgs_per_s"] for flow in flows], 0), spread(cpu, 1), ratio,
                " ".join(f"{name} {value:.0f}" for value, name in busy) or "-",
                spread([flow["p50_ms"] for flow in flows], 2), spread([flow["p99_ms"] for flow in flows], 2),
                f"{max(result['hwm_sum_kb'] for result in runs) / 1024:.0f}",
                f"{max(result['pss_kb'] for result in runs) / 1024:.0f}",
                spread([result["idle_kb"] / 1024 for result in runs if result["idle_kb"]][:1], 0),
                syncs.get((system, case), "-"),
                f"{statistics.median(p[0] for p in probes):.2f}/{max(p[1] for p in probes):.2f}" if probes else "-",
                wrong or "ok"])
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()


def file_system(folder):
    """The type of the file system that a folder lies on."""
    for words in (["findmnt", "-n", "-o", "FSTYPE", "-T"], ["stat", "-f", "-c", "%T"]):
        if shutil.which(words[0]):
            done = subprocess.run([*words, str(folder)], capture_output=True, text=True, check=False)
            if done.stdout.strip():
                return done.stdout.strip()
    return "unknown"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--driver", required=True, help="the gwbench program")
    parser.add_argument("--gateway", required=True, help="the isthmus program, a release build")
    parser.add_argument("--mode", choices=["component", "s2s", "both"], default="component",
                        help="how the gateway reaches XMPP")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", action="append", choices=list(CASES), help="one case (repeatable)")
    parser.add_argument("--quick", action="store_true", help="a fifth of the messages, a short settling")
    parser.add_argument("--no-peer", action="store_true", help="leave Kamailio out")
    parser.add_argument("--peer-only", action="store_true", help="leave the gateway out")
    parser.add_argument("--scratch", default=str(HERE.parents[1] / ".build/benchmarks"),
                        help="where stores and probes lie; its file system is what is measured")
    parser.add_argument("--out", metavar="FILE", help="append every run to FILE, one JSON object a line")
    options = parser.parse_args()

    gateways = {"component": [Isthmus], "s2s": [IsthmusServers], "both": [Isthmus, IsthmusServers]}[options.mode]
    kinds = [] if options.peer_only else list(gateways)
    have_modules = any(Path("/usr/lib").glob("*/kamailio/modules/xmpp.so"))
    if not options.no_peer:
        if shutil.which("kamailio", path=PROGRAM_DIRECTORIES) and have_modules:
            kinds.append(Kamailio)
        else:
            print("Kamailio with kamailio-xmpp-modules is not installed; the table has no peer (--install gets it)")
    Path(options.scratch).mkdir(parents=True, exist_ok=True)
    scratch = tempfile.mkdtemp(prefix="run-", dir=options.scratch)
    cases = options.only or list(CASES)
    results, syncs = [], {}
    try:
        for number in range(options.runs):
            for case in cases:
                for kind in kinds:
                    if kind is Kamailio and case.startswith("presence"):
                        continue  # Kamailio's xmpp module carries no presence.
                    result = one_run(kind, case, options, scratch)
                    results.append(result)
                    flow = result["flows"][0]
                    print(f"run {number + 1} {case:14} {kind.name:11} {flow['msgs_per_s']:9.0f} msg/s "
                          f"{result['cpu_us_per_msg']:7.2f} µs/msg p99 {flow['p99_ms']:8.2f} ms "
                          f"{'ok' if result['ok'] else 'CHECKS FAILED'}", flush=True)
                    if options.out:
                        with open(options.out, "a", encoding="utf-8") as file:
                            file.write(json.dumps(result) + "\n")
        if shutil.which("strace"):
            # Traced runs are apart: the tracer costs time, so only their counts are used.
            for kind, case in [(kind, case) for kind in kinds if kind is not Kamailio for case in cases]:
                result = one_run(kind, case, options, scratch, traced=True)
                syncs[kind.name, case] = (f"{per_run(result) / result['syncs']:.1f} "
                                          f"({result['syncs']:,})" if result["syncs"] else "no fsync")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    own = [result for result in results if result["system"] != Kamailio.name]
    print()
    print(f"{platform.system()} {platform.release()}, {os.cpu_count()} cores, {platform.machine()}; store on "
          f"{file_system(options.scratch)}, synchronous={(own and own[0]['synchronous']) or 'not reported'}; "
          "UDP, 100-byte text; median (min-max)")
    for line in table(results, syncs):
        print(line)
    return 0 if all(result["ok"] for result in own) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NotReady as fault:
        print(f"measure.py: {fault}", file=sys.stderr)
        sys.exit(3)
