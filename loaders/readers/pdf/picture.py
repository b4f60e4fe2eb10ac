"""A script of its own: the picture of one page of a PDF, in grey, on stdout. :mod:`loaders.readers.pdf.ocr` calls it.

PDFium and the decoders of pictures are written in C++ and work on hostile bytes. They run here, in a process with
limits that nothing else depends on, and which imports nothing of ours.

Arguments: the file, the page (from 0), dots per inch, the most dots, the most bytes of memory, the most seconds.
Output: a grey picture in the form PGM, as wide and high as the dots allow.
"""

from __future__ import annotations

import contextlib
import math
import sys


def main(path: str, page: int, dpi: float, dots: int, memory: int, seconds: int) -> int:
    """Draws the page within the limits; the exit code is 0 if it is drawn."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # not every system has these limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    import pypdfium2

    sheet = pypdfium2.PdfDocument(path)[page]
    wide, high = sheet.get_size()
    scale = min(dpi / 72, math.sqrt(dots / max(wide * high, 1.0)))
    drawn = sheet.render(scale=scale, grayscale=True)
    grey = drawn.to_numpy().reshape(drawn.height, -1)[:, : drawn.width]
    sys.stdout.buffer.write(b"P5 %d %d 255\n" % (drawn.width, drawn.height) + grey.tobytes())
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), *(int(n) for n in sys.argv[4:7])))
