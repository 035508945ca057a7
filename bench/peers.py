"""The usual composition: trafilatura, py3langid, natasha, datasketch; one process a core, own environment."""

import json
import sys
import time
from base64 import b64decode
from multiprocessing import get_context
from pathlib import Path

_tools: dict[str, object] = {}


def prepare() -> None:
    """Loads every model once a process; not counted."""
    import py3langid
    import trafilatura
    from natasha import Doc, NewsEmbedding, NewsNERTagger, Segmenter

    _tools["extract"] = trafilatura.extract
    _tools["language"] = py3langid.classify
    _tools["segmenter"] = Segmenter()
    _tools["tagger"] = NewsNERTagger(NewsEmbedding())
    _tools["doc"] = Doc
    read(b"<html><body><p>Warm up.</p></body></html>")


def read(body: bytes) -> tuple[str, str, int, object]:
    from datasketch import MinHash

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

    bodies = [
        b64decode(json.loads(line)["body"]) for line in Path(sys.argv[1]).read_text("utf-8").splitlines()
    ]
    processes = int(sys.argv[2])
    with get_context("fork").Pool(processes, initializer=prepare) as pool:
        pool.map(time.sleep, [0.5] * processes, chunksize=1)
        begun = time.perf_counter()
        lsh = MinHashLSH(threshold=0.6, num_perm=128)
        names = alike = 0
        for number, (_, _, found, sketch) in enumerate(pool.imap(read, bodies, chunksize=16)):
            alike += bool(lsh.query(sketch))
            lsh.insert(str(number), sketch)
            names += found
        seconds = time.perf_counter() - begun
    print(json.dumps({"pages": len(bodies), "seconds": seconds, "names": names, "alike": alike}))


if __name__ == "__main__":
    main()
