"""What scripts/bench/run leaves behind when it ends: nothing, however it ends."""

import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

from muster_bench import machine

# A server with a child that does not end when it is asked, a folder, and a command with a child that is waited for.
COMMAND = """
import sys
from muster_bench import machine
machine.WORK = machine.pathlib.Path(sys.argv[1])
machine.end_on_signals()
with machine.ending:
    folder = machine.folder("muster-bench-test-")
    server = machine.Process("server", "sh", "-c", "trap '' TERM; sleep 600 & exec sleep 600")
    print(folder, server.pid, flush=True)
    {how}
"""


class EndingTest(unittest.TestCase):
    def test_signal_endsAllProcessesAndRemovesFolders(self):
        for number in machine.SIGNALS:
            for waits in ("run", "measured"):
                with self.subTest(signal=number, waits=waits):
                    # It is interrupted while it waits for a command, which has a child of its own.
                    how = f"machine.{waits}('sh', '-c', 'echo $$ >' + str(folder / 'pid') + '; sleep 600 & sleep 600')"
                    status, seen = self.run_it(how, number)

                    self.assertEqual(128 + number, status)
                    self.assertEqual([], seen)

    def test_exception_endsAllProcessesAndRemovesFolders(self):
        status, seen = self.run_it("raise RuntimeError('wrong')")

        self.assertEqual((1, []), (status, seen))

    def test_end_endsAllProcessesAndRemovesFolders(self):
        self.assertEqual((0, []), self.run_it("pass"))

    def run_it(self, how, number=None):
        """The exit status of a command and what it left: processes and folders."""
        work = self.enterContext(tempfile.TemporaryDirectory())
        program = COMMAND.replace("{how}", how).replace("end_on_signals()", "end_on_signals()\nmachine.PATIENCE_SECONDS = 0.3")
        child = subprocess.Popen([sys.executable, "-c", program, work], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        with child:
            folder, server = child.stdout.readline().split()
            sessions = [int(server)]
            if number is not None:
                sessions.append(int(self.content(pathlib.Path(folder) / "pid")))
                child.send_signal(number)
            status = child.wait(30)
        left = [pid for leader in sessions for pid in machine.session(leader)]
        return status, left + [found for found in [folder] if pathlib.Path(found).exists()]

    def content(self, path):
        """What a file holds once it is there."""
        until = machine.time.monotonic() + 30
        while machine.time.monotonic() < until:
            if path.exists() and path.read_text().strip():
                return path.read_text()
            machine.time.sleep(0.01)
        self.fail(f"there is no {path}")


class RunTest(unittest.TestCase):
    def test_failedCommand_tellsItsLastLines(self):
        with self.assertRaisesRegex(RuntimeError, r"(?s)sh -c .* ended with 3:\nwhy"):
            machine.run("sh", "-c", "echo why >&2; exit 3")

    def test_failedMeasurement_tellsItsLastLines(self):
        with self.assertRaisesRegex(RuntimeError, r"(?s)sh -c .* ended with 3:\nwhy"):
            machine.measured("sh", "-c", "echo why >&2; exit 3")

    def test_measured_givesTimeAndOutput(self):
        with tempfile.TemporaryFile() as out:
            used = machine.measured("sh", "-c", "sleep 0.1; echo hello", out=out)
            out.seek(0)
            self.assertEqual(b"hello\n", out.read())
        self.assertGreaterEqual(used.seconds, 0.1)
        self.assertGreater(used.peak_mib, 0)

    def test_input_isRead(self):
        self.assertEqual("hello", machine.run("cat", input="hello"))

    def test_signalWhileHeld_waits(self):
        raised = []
        before = signal.getsignal(signal.SIGTERM)
        self.addCleanup(signal.signal, signal.SIGTERM, before)
        self.addCleanup(machine._signals.update, held=0, kept=None, ended=False)
        signal.signal(signal.SIGTERM, machine._on_signal)
        with self.assertRaises(SystemExit):
            with machine.signals_held():
                signal.raise_signal(signal.SIGTERM)
                raised.append("the lines after it")
        self.assertEqual(["the lines after it"], raised)


class TurnTest(unittest.TestCase):
    def test_rounds_beginWithAnotherOne(self):
        self.assertEqual(["abc", "bca", "cab", "abc"], ["".join(machine.in_turn(list("abc"), number)) for number in range(4)])

    def test_nobody_hasNoTurn(self):
        self.assertEqual([], machine.in_turn([], 1))


if __name__ == "__main__":
    unittest.main()
