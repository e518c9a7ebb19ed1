"""What a disk may hold after a power cut: a file system as POSIX lets it be, fed with a recorded trace.

Every call has two effects: at once for whoever looks (`now`), and on the disk when it is synced, or any time before
that. What was not synced when the power went is there wholly, partly or not at all:

  ext4  changes of folders reach the disk in the order they were made, up to some instant; data of a file
        that was not synced is there, is not, or ends half way (data=ordered: never rubbish)
  any   each change of a folder is there or not, whatever became of the others, and data may as well be
        zeros of the right length: more than XFS, or any file system that follows POSIX, will do

Of changes that nobody synced for long (rolled up frames are not) only the last are tried in all combinations.
"""

import itertools
import os
from dataclasses import dataclass, field

LAST = 6  # of the changes that were not synced, so many in all combinations; what is older wholly, not at all, by chance
MOST_VERSIONS = 64  # of the contents of files at one instant


@dataclass
class File:
    safe: bytes = b""
    now: bytes = b""

    def synced(self):
        return self.safe == self.now

    def versions(self, zeros):
        """What may be on the disk."""
        found = [self.now]
        if not self.synced():
            found.append(self.safe)
            if len(self.now) > len(self.safe) + 1:
                found.append(self.now[: (len(self.safe) + len(self.now)) // 2])
            elif len(self.now) > 1:
                found.append(self.now[: len(self.now) // 2])
            if zeros:
                found.append(bytes(len(self.now)))
        return list(dict.fromkeys(found))


@dataclass
class Change:
    """Of names: the path's new target, or None. Both halves of a rename are one change."""

    folders: tuple
    names: tuple  # ((path, inode or None), ...)


@dataclass
class Disk:
    files: dict = field(default_factory=dict)  # inode -> File, or None for a folder
    safe: dict = field(default_factory=dict)  # path -> inode
    now: dict = field(default_factory=dict)
    pending: list = field(default_factory=list)  # of Change, in order
    handles: dict = field(default_factory=dict)  # handle -> (inode, path)
    next_inode: int = 1
    spared: str = ""  # below this path everything counts as synced

    @classmethod
    def holding(cls, content, spared):
        """A disk on which all of files_of(...) has been synced."""
        disk = cls(spared=spared)
        disk.files[0] = None
        disk.safe["."] = disk.now["."] = 0
        for path, data in content.items():
            inode = disk.make(None if data is None else File(data, data))
            disk.safe[path.rstrip("/")] = disk.now[path.rstrip("/")] = inode
        return disk

    def make(self, file):
        inode = self.next_inode
        self.next_inode += 1
        self.files[inode] = file
        return inode

    def change(self, *names):
        change = Change(tuple({os.path.dirname(p) or "." for p, _ in names}), names)
        if any(p.startswith(self.spared) for p, _ in names):
            commit(self.safe, change)
        else:
            self.pending.append(change)
        for path, inode in names:
            if inode is None:
                self.now.pop(path, None)
            else:
                self.now[path] = inode

    def apply(self, record):
        """Returns whether anything on the disk may have changed."""
        if record.result < 0:
            return False
        call, path = record.call, record.path
        if call in ("open", "create"):
            made = path not in self.now
            if made:
                if call == "open":
                    raise AssertionError(f"{path} was opened, and nobody made it")
                self.change((path, self.make(File())))
            self.handles[record.handle] = (self.now[path], path)
            emptied = call == "create" and record.argument & os.O_TRUNC and not made
            if emptied:
                self.files[self.now[path]].now = b""
            return made or bool(emptied)
        if call == "write":
            file = self.files[self.handles[record.handle][0]]
            at = record.argument
            file.now = file.now[:at].ljust(at, b"\0") + record.data + file.now[at + len(record.data) :]
        elif call == "truncate":
            file = self.files[self.handles[record.handle][0]]
            file.now = file.now[: record.argument].ljust(record.argument, b"\0")
        elif call == "sync":
            self.sync(*self.handles[record.handle])
        elif call == "mkdir":
            self.change((path, self.make(None)))
        elif call == "rename":
            self.change((path, None), (record.to, self.now[path]))
        elif call == "link":
            self.change((record.to, self.now[path]))
        elif call in ("unlink", "rmdir"):
            self.change((path, None))
        else:
            return False
        return True

    def sync(self, inode, path):
        file = self.files[inode]
        if file is not None:
            file.safe = file.now
            return
        kept = []
        for change in self.pending:
            if path in change.folders:
                commit(self.safe, change)
            else:
                kept.append(change)
        self.pending = kept

    # --- what may be there after a cut ---

    def names(self, model, random):
        """Each set of names that may be on the disk, as path -> inode."""
        n = len(self.pending)
        if model == "ext4":
            choices = [tuple(range(k)) for k in range(n + 1)]
        else:
            older = range(max(0, n - LAST))
            chance = [i for i in older if random.random() < 0.5]
            last = range(len(older), n)
            recent = [c for k in range(len(last) + 1) for c in itertools.combinations(last, k)]
            choices = dict.fromkeys((*o, *r) for o in (tuple(older), (), tuple(chance)) for r in recent)
        for chosen in choices:
            names = dict(self.safe)
            for i in chosen:
                commit(names, self.pending[i])
            yield {p: i for p, i in names.items() if self.reachable(p, names)}

    @staticmethod
    def reachable(path, names):
        while path != ".":
            if path not in names:
                return False
            path = os.path.dirname(path) or "."
        return True

    def may_be_torn(self, path, inode):
        file = self.files[inode]
        return file is not None and not file.synced() and not path.startswith(self.spared)

    def states(self, model, random):
        """Each content of the disk as a tuple of (path, bytes or None for a folder), by its digest."""
        found = {}
        for names in self.names(model, random):
            inodes = sorted({i for p, i in names.items() if self.may_be_torn(p, i)})
            versions = [self.files[i].versions(zeros=model == "any") for i in inodes]
            combinations = itertools.product(*versions)
            for combination in itertools.islice(combinations, MOST_VERSIONS):
                data = dict(zip(inodes, combination))
                state = tuple(
                    (p, None if self.files[i] is None else data.get(i, self.files[i].now))
                    for p, i in sorted(names.items())
                )
                found[digest(state)] = state
        return found


def commit(names, change):
    for path, inode in change.names:
        if inode is None:
            names.pop(path, None)
        else:
            names[path] = inode


def digest(state):
    # What a lock says of its last holder is for people, and no two runs agree on it.
    return hash(tuple((p, "lock" if p.endswith(".lock") else hash(data)) for p, data in state))
