# swift-reactor
# SPDX-License-Identifier: Apache-2.0
"""Kills imports at random moments and checks that their mirror survives.

A server on the loopback interface serves a repository whose refs change all the time. It is slow,
breaks off, refuses, or is silent for a while. The script imports the repository and sends SIGKILL at
a random moment: to the worker, to its process group, to one of the processes of git, or to each of
them. After each kill the mirror must be complete, and each of its refs must have a value that the
source has had since the kill before. In the end one more import must succeed, and the mirror must
equal the source, without an error of `git fsck` and without a file that is not part of a repository.

Scripts/soak-imports builds the worker and starts this program.
"""
import argparse
import collections
import http.server
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time


def arguments():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser = argparse.ArgumentParser(description="Kill imports at random moments.")
    parser.add_argument("--kills", type=int, default=200, help="number of imports to kill")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="seed of the script")
    parser.add_argument("--worker", default=f"{root}/.build/debug/code-import-worker")
    parser.add_argument("--verbose", action="store_true", help="show the output of the imports")
    return parser.parse_args()


class Source:
    """A repository that changes, and the values that its refs have had."""

    def __init__(self, folder, seed):
        self.path = f"{folder}/project.git"
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.count = 0
        # The moment and the value of each change, by the name of the ref.
        self.history = collections.defaultdict(list)
        subprocess.run(
            ["git", "init", "--quiet", "--bare", "-b", "main", self.path], check=True
        )
        self.git("config", "http.receivepack", "false")
        # What was deleted must stay, so that a client can fetch what it was promised a moment ago.
        self.git("config", "uploadpack.allowAnySHA1InWant", "true")
        for name in ["main"] + [f"topic-{i}" for i in range(20)]:
            self.update(f"refs/heads/{name}", self.commit(None))
        self.record()

    def git(self, *command, text=None):
        done = subprocess.run(
            ["git", f"--git-dir={self.path}", *command],
            input=text,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, parent):
        self.count += 1
        size = self.random.choice([100, 1000, 30_000])
        content = "".join(self.random.choices("abcdefghijklmnop\n", k=size))
        blob = self.git("hash-object", "-w", "--stdin", text=content)
        tree = self.git("mktree", text=f"100644 blob {blob}\tfile-{self.count % 7}\n")
        parents = ["-p", parent] if parent else []
        return self.git("commit-tree", tree, *parents, "-m", f"change {self.count}")

    def refs(self):
        lines = self.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split(" ") for line in lines)

    def update(self, name, value):
        self.git("update-ref", name, value)

    def record(self):
        """Records the values of all refs that have changed."""
        now = time.monotonic()
        refs = self.refs()
        for name in set(refs) | set(self.history):
            value = refs.get(name)
            changes = self.history[name]
            if not changes or changes[-1][1] != value:
                changes.append((now, value))

    def change(self):
        """Makes some random changes."""
        with self.lock:
            for _ in range(self.random.randint(1, 4)):
                self.change_once()
            self.record()

    def change_once(self):
        refs = self.refs()
        branches = sorted(n for n in refs if n.startswith("refs/heads/") and n != "refs/heads/main")
        name = self.random.choice(branches)
        kind = self.random.choice(
            ["grow", "grow", "grow", "new", "delete", "rewrite", "tag", "nest", "head"]
        )
        if kind == "grow":
            self.update(name, self.commit(refs[name]))
            self.update("refs/heads/main", self.commit(refs["refs/heads/main"]))
        elif kind == "new":
            self.update(f"refs/heads/new-{self.count}", self.commit(refs[name]))
        elif kind == "delete" and len(branches) > 8:
            self.git("update-ref", "-d", name)
            self.git("symbolic-ref", "HEAD", "refs/heads/main")
        elif kind == "rewrite":
            self.update(name, self.commit(None))
        elif kind == "tag":
            self.git("tag", "-a", "-m", "tag", f"tag-{self.count}-{time.monotonic_ns()}", name)
        elif kind == "nest" and len(branches) > 8:
            # The name of a branch becomes that of a folder, and the other way round.
            self.git("update-ref", "-d", name)
            parts = name.split("/")
            other = "/".join(parts[:3]) if len(parts) > 3 else f"{name}/inner"
            if not any(n.startswith(other + "/") and n != name for n in refs):
                self.update(other, refs[name])
            self.git("symbolic-ref", "HEAD", "refs/heads/main")
        elif kind == "head":
            self.git("symbolic-ref", "HEAD", name)

    def has(self, value):
        """Whether a ref reaches the commit, or is the tag."""
        if self.git("cat-file", "-t", value) == "tag":
            return bool(self.git("for-each-ref", f"--points-at={value}"))
        return bool(self.git("for-each-ref", "--count=1", f"--contains={value}"))

    def had(self, name, value, since):
        """Whether the ref has had the value at some time after `since`."""
        changes = self.history.get(name, [])
        for index, (_, old) in enumerate(changes):
            end = changes[index + 1][0] if index + 1 < len(changes) else float("inf")
            if old == value and end >= since:
                return True
        return value is None and (not changes or changes[0][0] >= since)


class Server(http.server.ThreadingHTTPServer):
    """Serves the repository with git http-backend, badly."""

    daemon_threads = True

    def __init__(self, source, seed):
        super().__init__(("127.0.0.1", 0), Handler)
        self.source = source
        self.random = random.Random(seed)
        self.is_healthy = False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # The client was killed.


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer(b"")

    def do_POST(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline().strip(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(body)

    def answer(self, body):
        server = self.server
        weights = [100, 0, 0, 0, 0] if server.is_healthy else [66, 20, 6, 3, 5]
        kind = server.random.choices(["good", "slow", "cut", "busy", "silent"], weights)[0]
        if not server.is_healthy and server.random.random() < 0.4:
            server.source.change()
        if kind == "busy":
            return self.send_error(503)
        if kind == "silent":
            time.sleep(server.random.uniform(0.2, 2))
        head, content = self.backend(body)
        count = len(content)
        if kind == "cut":
            count = server.random.randint(0, max(0, count - 1))
        self.send_response(int(head.pop("Status", "200").split(" ")[0]))
        for name, value in head.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        sent = 0
        while sent < count:
            end = count if kind != "slow" else min(count, sent + max(64, count // 20))
            self.wfile.write(content[sent:end])
            sent = end
            if kind == "slow":
                time.sleep(0.02)
        if kind == "cut":
            self.close_connection = True

    def backend(self, body):
        path, _, query = self.path.partition("?")
        variables = dict(
            os.environ,
            GIT_PROJECT_ROOT=os.path.dirname(self.server.source.path),
            GIT_HTTP_EXPORT_ALL="1",
            PATH_INFO=path,
            QUERY_STRING=query,
            REQUEST_METHOD=self.command,
            CONTENT_TYPE=self.headers.get("Content-Type", ""),
            CONTENT_LENGTH=str(len(body)),
            HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""),
            GIT_PROTOCOL=self.headers.get("Git-Protocol", ""),
        )
        with self.server.source.lock:
            done = subprocess.run(
                ["git", "http-backend"], input=body, capture_output=True, env=variables
            )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        return dict(line.split(": ", 1) for line in lines if ": " in line), content


def descendants(pid):
    """Returns the process ids of all descendants of a process."""
    parents = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat") as file:
                parents[int(entry)] = int(file.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            pass
    found, more = set(), {pid}
    while more:
        more = {child for child, parent in parents.items() if parent in more} - found
        found |= more
    return sorted(found)


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


class Soak:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.mirrors = f"{folder}/mirrors"
        self.random = random.Random(options.seed)
        self.source = Source(folder, options.seed + 1)
        self.server = Server(self.source, options.seed + 2)
        self.url = f"http://127.0.0.1:{self.server.server_port}/project.git"
        self.counts = collections.Counter()
        self.problems = []
        self.largest = 0
        # The refs of the mirror at the last check, and its moment.
        self.refs = {}
        self.checked = time.monotonic()

    def start(self):
        return subprocess.Popen(
            [self.options.worker, "git", "--into", self.mirrors, "--", self.url],
            stdin=subprocess.DEVNULL,
            stdout=None if self.options.verbose else subprocess.DEVNULL,
            start_new_session=True,
        )

    def mirror(self):
        names = os.listdir(self.mirrors) if os.path.isdir(self.mirrors) else []
        found = [name for name in names if name.endswith(".git")]
        return f"{self.mirrors}/{found[0]}" if found else None

    def git(self, *command):
        return subprocess.run(
            ["git", f"--git-dir={self.mirror()}", *command], capture_output=True, text=True
        )

    def has(self, value):
        """Whether a ref of the mirror reaches the object."""
        done = self.git("for-each-ref", "--count=1", f"--contains={value}")
        tags = self.git("for-each-ref", f"--points-at={value}")
        return bool(done.stdout or tags.stdout)

    def kill_one(self, number):
        """Starts an import and kills it, and returns whether it was still running."""
        if self.random.random() < 0.5:
            self.source.change()
        worker = self.start()
        limit = self.random.choice([0.2, 0.6, 2])
        time.sleep(self.random.uniform(0, limit))
        kind = self.random.choice(["worker", "group", "child", "each"])
        running = worker.poll() is None
        if running and kind == "worker":
            kill(worker.pid)
        elif running and kind == "group":
            os.killpg(worker.pid, signal.SIGKILL)
        elif running:
            children = descendants(worker.pid)
            if kind == "child":
                children = self.random.sample(children, min(1, len(children)))
            for child in children:
                kill(child)
        try:
            code = worker.wait(timeout=180)
        except subprocess.TimeoutExpired:
            self.problems.append(f"import {number} ({kind}) has not ended after 180 s")
            os.killpg(worker.pid, signal.SIGKILL)
            code = worker.wait()
        self.counts[f"killed {kind}" if running else "ended before the kill"] += 1
        self.counts[f"exit code {code}"] += 1
        self.check(f"import {number} ({kind})")
        return running

    def check(self, title):
        """Checks that the mirror is complete, and that each ref has a value of the source."""
        if not self.mirror():
            if self.refs:
                self.problems.append(f"{title}: the mirror has vanished")
            return
        self.counts["checks of the mirror"] += 1
        now = time.monotonic()
        listing = self.git("for-each-ref", "--format=%(refname) %(objectname)")
        refs = dict(line.split(" ") for line in listing.stdout.splitlines())
        refs = {n: v for n, v in refs.items() if not n.startswith("refs/worker-monitor/")
                and not n.startswith("refs/code-import/")}
        with self.source.lock:
            for name in sorted(set(refs) | set(self.refs)):
                value = refs.get(name)
                if value == self.refs.get(name):
                    continue
                if not self.source.had(name, value, self.checked):
                    self.problems.append(f"{title}: {name} is {value}, which it never was")
            for value in sorted(set(self.refs.values()) - set(refs.values())):
                # A tip that the source still has, perhaps under another name, must be reachable.
                if self.source.has(value) and not self.has(value):
                    self.problems.append(f"{title}: the old tip {value} is unreachable")
        result = self.git("fsck", "--connectivity-only", "--no-dangling")
        if result.returncode != 0:
            self.problems.append(f"{title}: {result.stdout}{result.stderr}")
        self.refs, self.checked = refs, now
        self.largest = max(self.largest, self.size(self.mirrors))

    def finish(self):
        """Imports once more, and checks that nothing is left of all the kills."""
        self.server.is_healthy = True
        code = self.start().wait()
        if code not in (0, 2):
            self.problems.append(f"the last import exits with {code}")
            return 0, 0
        code = self.start().wait()
        if code != 2:
            self.problems.append(f"an import without changes exits with {code}")
        mirror = self.git("for-each-ref").stdout
        if mirror != self.source.git("for-each-ref") + "\n":
            self.problems.append("the refs of the mirror are not those of the source")
        if self.git("symbolic-ref", "HEAD").stdout.strip() != self.source.git(
            "symbolic-ref", "HEAD"
        ):
            self.problems.append("the HEAD of the mirror is not that of the source")
        result = self.git("fsck", "--full", "--no-dangling")
        if result.returncode != 0 or result.stderr:
            self.problems.append(f"git fsck: {result.stdout}{result.stderr}")
        self.find_debris()
        fresh = f"{self.folder}/fresh.git"
        subprocess.run(["git", "clone", "--quiet", "--mirror", self.url, fresh], check=True)
        return self.size(self.mirrors), self.size(fresh)

    def find_debris(self):
        name = os.path.basename(self.mirror())
        others = set(os.listdir(self.mirrors)) - {name, f".{name[:-4]}.lock"}
        part = re.compile(
            r"HEAD|config|packed-refs|description|refs/.*(?<!\.lock)|info/(refs|attributes)"
            r"|objects/(info/(packs|commit-graph)|[0-9a-f]{2}/[0-9a-f]{38}"
            r"|info/commit-graphs/(commit-graph-chain|graph-[0-9a-f]{40}\.graph)"
            r"|pack/(pack-[0-9a-f]{40}\.(pack|idx|rev|bitmap|mtimes)|multi-pack-index))"
        )
        for root, _, files in os.walk(self.mirror()):
            for file in files:
                path = os.path.relpath(os.path.join(root, file), self.mirror())
                if not part.fullmatch(path):
                    others.add(path)
        packs = [f for f in os.listdir(f"{self.mirror()}/objects/pack")]
        for pack in packs:
            stem = os.path.splitext(pack)[0]
            if not {f"{stem}.pack", f"{stem}.idx"} <= set(packs) and stem.startswith("pack-"):
                others.add(pack)
        if others:
            self.problems.append(f"debris: {sorted(others)}")
        left = [pid for pid in os.listdir("/proc") if pid.isdigit() and self.uses(pid)]
        if left:
            self.problems.append(f"processes are left: {left}")

    def uses(self, pid):
        try:
            with open(f"/proc/{pid}/cmdline") as file:
                command = file.read()
        except OSError:
            return False
        return self.mirrors in command and "soak-imports" not in command

    @staticmethod
    def size(folder):
        done = subprocess.run(["du", "-sk", folder], capture_output=True, text=True, check=True)
        return int(done.stdout.split()[0])


def main():
    options = arguments()
    folder = tempfile.mkdtemp(prefix="soak-")
    os.environ.update(
        HOME=folder, GIT_CONFIG_NOSYSTEM="1", LC_ALL="C",
        GIT_AUTHOR_NAME="A", GIT_AUTHOR_EMAIL="a@example.org",
        GIT_COMMITTER_NAME="A", GIT_COMMITTER_EMAIL="a@example.org",
    )
    # The mirror is packed often, so that some kills hit the housekeeping.
    with open(f"{folder}/.gitconfig", "w") as file:
        file.write("[gc]\n\tauto = 30\n\tautoPackLimit = 4\n")
    print(f"seed {options.seed}, folder {folder}", flush=True)
    started = time.monotonic()
    soak = Soak(options, folder)
    killed = number = 0
    while killed < options.kills:
        number += 1
        killed += soak.kill_one(number)
        if number % 20 == 0:
            print(
                f"{number} imports, {killed} killed, {len(soak.problems)} problems", flush=True
            )
    size, fresh = soak.finish()
    for name, count in sorted(soak.counts.items()):
        print(f"{count:6} {name}")
    print(f"{size:6} KiB in the mirror in the end; a fresh clone has {fresh} KiB")
    print(f"{soak.largest:6} KiB in the mirrors folder at most, at a check")
    print(f"{time.monotonic() - started:6.0f} s")
    for problem in soak.problems:
        print(f"PROBLEM: {problem}")
    if soak.problems:
        sys.exit(1)
    shutil.rmtree(folder)


main()
