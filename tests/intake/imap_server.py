"""A small IMAP4rev1 server (RFC 3501) for tests: one mailbox, real sockets, folders in memory.

It answers CAPABILITY, LOGIN, STARTTLS, CREATE, SELECT, APPEND-less; UID SEARCH UNDELETED, UID FETCH of RFC822.SIZE and BODY.PEEK[],
UID COPY, UID STORE, UID MOVE (RFC 6851), UID EXPUNGE (RFC 4315), NOOP, LOGOUT; BAD or NO to everything else.
"""

import re
import socketserver
import ssl
import threading
from dataclasses import dataclass, field


@dataclass
class Mail:
    uid: int
    raw: bytes
    deleted: bool = False


@dataclass
class Box:
    password: str = "right"
    extensions: tuple[str, ...] = ("MOVE", "UIDPLUS")
    folders: dict[str, list[Mail]] = field(default_factory=lambda: {"INBOX": []})
    commands: list[str] = field(default_factory=list)
    breaks_at: str = ""
    """The connection is cut when this command comes, once."""
    next_uid: int = 1
    lock: threading.RLock = field(default_factory=threading.RLock)

    def put(self, raw: bytes, folder: str = "INBOX") -> None:
        with self.lock:
            self.folders.setdefault(folder, []).append(
                Mail(self.next_uid, raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
            )
            self.next_uid += 1

    def count(self, folder: str) -> int:
        return sum(not mail.deleted for mail in self.folders.get(folder, []))


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: Box = self.server.box  # type: ignore[attr-defined]
        self.folder = ""
        known = False
        self.say(b"* OK IMAP4rev1 ready")
        while line := self.rfile.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            verb, _, said = rest.partition(" ")
            verb = verb.upper()
            if verb == "UID":
                sub, _, said = said.partition(" ")
                verb = f"UID {sub.upper()}"
            box.commands.append(verb)
            if box.breaks_at and verb == box.breaks_at:
                box.breaks_at = ""
                return
            with box.lock:
                if verb == "CAPABILITY":
                    self.say(f"* CAPABILITY IMAP4rev1 {' '.join(box.extensions)}".encode())
                    done = "OK"
                elif verb in ("NOOP",):
                    done = "OK"
                elif verb == "LOGIN":
                    known = said.endswith(f'"{box.password}"') or said.endswith(f" {box.password}")
                    done = "OK" if known else "NO"
                elif verb == "LOGOUT":
                    self.say(b"* BYE")
                    self.say(f"{tag} OK".encode())
                    return
                elif not known:
                    done = "NO"
                else:
                    done = self.asked(box, verb, said)
            self.say(f"{tag} {done} {verb}".encode())

    def asked(self, box: Box, verb: str, said: str) -> str:
        if verb == "CREATE":
            name = self.name(said)
            if name in box.folders:
                return "NO"
            box.folders[name] = []
            return "OK"
        if verb == "SELECT":
            self.folder = self.name(said)
            if self.folder not in box.folders:
                return "NO"
            self.say(f"* {len(box.folders[self.folder])} EXISTS".encode())
            self.say(b"* OK [UIDVALIDITY 7]")
            return "OK"
        mails = box.folders.get(self.folder)
        if mails is None:
            return "BAD"
        if verb == "UID SEARCH":
            uids = " ".join(str(mail.uid) for mail in mails if not mail.deleted)
            self.say(f"* SEARCH {uids}".rstrip().encode())
            return "OK"
        uid, _, rest = said.partition(" ")
        if not uid.isdigit():
            return "BAD"
        mail = next((mail for mail in mails if mail.uid == int(uid)), None)
        if mail is None:
            return "OK"
        at = mails.index(mail) + 1
        if verb == "UID FETCH" and "RFC822.SIZE" in rest:
            self.say(f"* {at} FETCH (UID {uid} RFC822.SIZE {len(mail.raw)})".encode())
        elif verb == "UID FETCH" and "BODY.PEEK[]" in rest:
            self.wfile.write(
                f"* {at} FETCH (UID {uid} BODY[] {{{len(mail.raw)}}}\r\n".encode() + mail.raw + b")\r\n"
            )
        elif verb in ("UID COPY", "UID MOVE"):
            name = self.name(rest)
            if name not in box.folders:
                return "NO [TRYCREATE]"
            box.folders[name].append(Mail(box.next_uid, mail.raw))
            box.next_uid += 1
            if verb == "UID MOVE":
                if "MOVE" not in box.extensions:
                    return "BAD"
                mails.remove(mail)
        elif verb == "UID STORE":
            mail.deleted = "\\Deleted" in rest
        elif verb == "UID EXPUNGE":
            mails.remove(mail)
        else:
            return "BAD"
        return "OK"

    def name(self, said: str) -> str:
        match = re.match(r'"((?:[^"\\]|\\.)*)"|(\S+)', said)
        assert match
        return (match[1] or match[2] or "").replace('\\"', '"')

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


class ImapServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, box: Box, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.box = box
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self.thread.join(5)
