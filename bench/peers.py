"""The usual composition: trafilatura, py3langid, natasha, datasketch; one process a core, own environment."""

import json
import os
import sys
import time
from base64 import b64decode
from multiprocessing import get_context
from pathlib import Path

_tools: dict[str, object] = {}


def prepare() -> None:
    """Loads every model once, before the processes part; not counted."""
    import py3langid
    import trafilatura
    from natasha import Doc, NewsEmbedding, NewsNERTagger, Segmenter

    _tools["extract"] = trafilatura.extract
    _tools["language"] = py3langid.classify
    _tools["segmenter"] = Segmenter()
    _tools["tagger"] = NewsNERTagger(NewsEmbedding())
    _tools["doc"] = Doc
    read(b"<html><body><p>Warm up.</p></body></html>")


def read(body: bytes | str) -> tuple[str, str, int, object]:
    """A page's bytes, or a text that needs no extraction."""
    from datasketch import MinHash

    text = body
    if isinstance(body, bytes):
        text = _tools["extract"](body.decode("utf-8", "replace"), fast=True) or ""  # type: ignore[operator]
    language = _tools["language"](text)[0]  # type: ignore[operator]
    doc = _tools["doc"](text)  # type: ignore[operator]
    doc.segment(_tools["segmenter"])
    doc.tag_ner(_tools["tagger"])
    words = text.lower().split()
    sketch = MinHash(num_perm=128)
    sketch.update_batch([" ".join(words[i : i + 3]).encode() for i in range(max(len(words) - 2, 1))])
    return text, language, len(doc.spans), sketch


def main() -> None:
    from datasketch import MinHashLSH

    rows = [json.loads(line) for line in Path(sys.argv[1]).read_text("utf-8").split("\n") if line]
    bodies = [b64decode(row["body"]) if "body" in row else f"{row['title']}\n\n{row['text']}" for row in rows]
    processes = int(sys.argv[2])
    prepare()
    with get_context("fork").Pool(processes) as pool:
        pool.map(time.sleep, [0.5] * processes, chunksize=1)
        begun, used = time.perf_counter(), processors()
        lsh = MinHashLSH(threshold=0.6, num_perm=128)
        names = alike = 0
        for number, (_, _, found, sketch) in enumerate(pool.imap(read, bodies, chunksize=16)):
            alike += bool(lsh.query(sketch))
            lsh.insert(str(number), sketch)
            names += found
        seconds, used = time.perf_counter() - begun, processors() - used
    counted = {"pages": len(bodies), "seconds": seconds, "cpu_s": used, "names": names, "alike": alike}
    print(json.dumps(counted))


def processors() -> float:
    """Seconds of processors that this process and its living children have had."""
    ticks = os.sysconf("SC_CLK_TCK")
    own = os.getpid()
    total = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(entry.parent.name) == own or int(fields[1]) == own:
            total += int(fields[11]) + int(fields[12])
    return total / ticks


if __name__ == "__main__":
    main()
