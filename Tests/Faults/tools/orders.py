"""What a process is made to suffer by `faults.c`: a disk that fails, a clock that steps."""

import mmap
import shutil
import struct
import subprocess
from pathlib import Path

from stage.processes import NotReady

SOURCE = Path(__file__).resolve().with_name("faults.c")
FORM = struct.Struct("iiq")


class Orders:
    """The orders for one process; `wrapper` are the words to put before its program."""

    def __init__(self, work, state):
        compiler = next((name for name in ("cc", "clang", "gcc") if shutil.which(name)), None)
        if not compiler:
            raise NotReady("there is no C compiler; install gcc")
        library, control = Path(work) / "faults.so", Path(work) / "faults.orders"
        subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"], check=True)
        control.write_bytes(FORM.pack(0, 0, 0))
        with open(control, "r+b") as file:
            self._orders = mmap.mmap(file.fileno(), FORM.size)
        self._said = [0, 0, 0]
        self.wrapper = ["env", f"LD_PRELOAD={library}", f"ISTHMUS_FAULTS={control}", f"ISTHMUS_FAULTS_BELOW={state}/"]

    def _say(self, place, value):
        self._said[place] = value
        self._orders[:] = FORM.pack(*self._said)

    def writing_fails(self, error):
        """With an errno from now on; with 0 it works again."""
        self._say(0, error)

    def syncing_fails(self, error):
        self._say(1, error)

    def clock_is_off(self, seconds):
        self._say(2, int(seconds * 1_000_000_000))

    def stop(self):
        self._orders.close()
