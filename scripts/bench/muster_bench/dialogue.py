"""A program that is asked by lines and answers each with one line."""

import select
import subprocess

from . import machine


class Dialogue(machine.Process):
    """A process whose standard input takes questions, and whose standard output has an answer to each. Its errors go to a file."""

    def __init__(self, name, *command, env=None, cwd=None):
        super().__init__(name, *command, env=env, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, *words, seconds=600):
        """Says one line and gives the line that comes back."""
        self.process.stdin.write((" ".join(map(str, words)) + "\n").encode())
        self.process.stdin.flush()
        # One answer at a time, read to its end: nothing of it is left in the buffer when this waits.
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        line = self.process.stdout.readline() if ready else b""
        if not line.endswith(b"\n"):
            why = "ended" if ready else f"did not answer within {seconds} s"
            tail = "\n".join(self.log.read_text().splitlines()[-10:])
            raise RuntimeError(f"{self.name} {why} at {' '.join(map(str, words))}:\n{tail}")
        return line.decode().strip()

    def stop(self):
        """No more questions are an end of their own; only who does not see that is ended by a signal."""
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            super().stop()
        self.process.stdout.close()
