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
续表
三公经费支出决算表
单位：万元
项目\t上年决算数\t本年预算数\t本年决算数
合计\t3.50\t4.00\t3.20
公务接待费\t1.50\t1.50\t1.20
其中：国内接待费\t1.50\t1.50\t1.20
公务用车运行维护费\t2.00\t2.50\t2.00
支出决算表
单位：万元
科目编码\t科目名称\t合计\t基本支出\t项目支出
201\t一般公共服务支出\t120.50\t100.50\t20.00
20103\t政府办公厅（室）及相关机构事务\t120.50\t100.50\t20.00
2010301\t行政运行\t100.50\t100.50\t
2010302\t一般行政管理事务\t20.00\t\t20.00
30201\t办公费\t3.00\t3.00\t
合计\t\t120.50\t100.50\t20.00
项目支出绩效目标表
项目名称\t口岸信息系统运行维护项目\t金额（万元）\t20.00
项目用途\t用于系统运行维护，保障通关服务。
一级指标\t二级指标\t三级指标\t指标值
产出指标\t数量指标\t维护系统数量\t≥2套
效益指标\t社会效益指标\t服务群众人次\t≥1000人次
满意度指标\t服务对象满意度\t群众满意度\t≥95%
六、其他重要事项的情况说明
（一）机关运行经费支出10.5万元，比上年减少0.5万元，下降4.5%，主要是压减一般性支出。
（二）政府采购支出总额15万元，其中：政府采购货物支出5万元、政府采购服务支出10万元。授予中小企业合同金额15万元，占政府采购支出总额的100%。
（三）国有资产占有使用情况。截至2023年12月31日，共有车辆2辆，其中应急保障用车1辆；单位价值100万元以上设备0台（套）。
（四）本单位无政府性基金预算财政拨款支出，与上年持平。
七、名词解释
基本支出：指为保障机构正常运转、完成日常工作任务而发生的人员支出和公用支出。
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
