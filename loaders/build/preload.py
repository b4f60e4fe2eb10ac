"""What the fork server imports once for all workers: the way of a document, with its lists read and pipeline made.

It must start no thread, for a thread does not survive a fork and what it held stays locked; a test counts them.
"""

from __future__ import annotations

import os

#: Libraries that would start threads when they are imported (linear algebra, Arrow's allocator). None is needed here.
QUIET = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "BLIS_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}

#: Of each kind of statement one.
_REHEARSED = """某某市某某局2023年部门决算
一、主要职责
（一）负责口岸管理工作，拟订有关制度并组织实施。
二、机构设置
内设办公室、综合科2个科室，下属事业单位1个。
三、收入支出决算总体情况说明
2023年度收入总计120.5万元，支出总计120.5万元，比上年增加10.5万元，增长9.5%，主要原因是人员经费增加。其中基本支出100.5万元，项目支出20万元。
四、“三公”经费支出决算情况说明
“三公”经费支出决算为3.2万元，完成预算的80%，其中公务接待费1.2万元，接待3批次，20人次；公务用车运行维护费2万元，保有量1辆。
五、绩效情况
数量指标：培训人数≥100人，得分10分，满分10分。依据《中华人民共和国预算法》（财预〔2016〕143号）。
收入支出决算总表
单位：万元
项目\t行次\t金额
一、一般公共预算财政拨款收入\t1\t120.50
2010301\t行政运行\t100.50
合计\t31\t120.50
填报人：某某 联系电话：0000-0000000
"""


def _prepare() -> None:
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    from loaders import pipeline  # noqa: F401
    from loaders.graph.codes import list_shipped
    from loaders.meaning import language, ports, wordings  # noqa: F401
    from loaders.words import codes, places

    places.load()
    list_shipped()
    language.language()
    wordings.load()
    for name in ("function", "economic-2018", "economic-2007", "government-economic-2018"):
        codes.load_codes(name)
    _rehearse()


def _rehearse() -> None:
    """The way of a small document, so that the rules are compiled once, and not in the process of each document."""
    from loaders.documents import Document, Span
    from loaders.graph import quads
    from loaders.pipeline import read_document_facts
    from loaders.readers.blocks import make_layout
    from loaders.settings import DEFAULT_BASE

    blocks, furniture = make_layout(_REHEARSED)
    pages = (Span(0, len(_REHEARSED)),)
    document = Document("rehearsal", _REHEARSED, "0" * 64, "text", blocks, pages, furniture=furniture)
    for _ in quads(read_document_facts(document), DEFAULT_BASE):
        pass


_prepare()
