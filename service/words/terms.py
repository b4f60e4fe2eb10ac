"""Words that come from the data as short codes, as people read them in either language."""

from __future__ import annotations

from loaders.tables.forms import FORMS

WORDS: dict[str, tuple[str, str]] = {
    "all": ("全部", "all"),
    "service": ("服务本身", "service"),
    "administration": ("政策管理", "administration"),
    "mention": ("仅提及", "mention"),
    "budget": ("年初预算", "budget"),
    "adjusted": ("调整预算", "adjusted"),
    "final": ("决算", "final"),
    "target": ("目标", "target"),
    "result": ("完成", "result"),
    "project name": ("项目名称", "project name"),
    "line text": ("行文字", "line text"),
    "reason": ("所述原因", "stated reason"),
    "duty": ("职责", "duty"),
    "indicator": ("绩效指标", "indicator"),
    "goal": ("绩效目标", "goal"),
    "narrative": ("叙述", "narrative"),
    "definition": ("名词解释", "definition"),
    "division": ("内设机构", "division"),
    "purpose": ("用途", "purpose"),
    # Kinds of documents; ``budget`` stands above.
    "accounts": ("决算", "accounts"),
    "evaluation": ("绩效评价", "evaluation"),
    "unknown": ("未知", "unknown"),
    # Where a change goes.
    "up": ("增加", "up"),
    "down": ("减少", "down"),
    "unchanged": ("持平", "unchanged"),
    # Kinds of ports.
    "port": ("口岸", "port"),
    "port area": ("港区", "port area"),
    "cruise port": ("邮轮母港", "cruise port"),
    "checkpoint": ("检查站", "checkpoint"),
    "bonded zone": ("保税区", "bonded zone"),
    "bonded logistics centre": ("保税物流中心", "bonded logistics centre"),
    "railway port": ("铁路口岸", "railway port"),
    "platform": ("平台", "platform"),
    "true": ("是", "yes"),
    "false": ("否", "no"),
    # Words of our own that the graph has in Chinese only.
    "第一季度": ("第一季度", "first quarter"),
    "第二季度": ("第二季度", "second quarter"),
    "第三季度": ("第三季度", "third quarter"),
    "第四季度": ("第四季度", "fourth quarter"),
}
#: Classes of the ontology and what else a question can name.
KINDS: dict[str, tuple[str, str]] = {
    "Agency": ("部门", "offices"),
    "Service": ("服务", "services"),
    "Topic": ("主题", "topics"),
    "Project": ("项目", "projects"),
    "Document": ("文件", "documents"),
    "Duty": ("职责", "duties"),
    "Division": ("内设机构", "divisions"),
    "Indicator": ("绩效指标", "indicators"),
    "Goal": ("绩效目标", "goals"),
    "Assessment": ("评价得分", "assessments"),
    "Port": ("口岸", "ports"),
    "Citation": ("引用的文件", "cited instruments"),
    "Term": ("名词", "terms"),
    "FunctionCode": ("功能分类科目", "functional codes"),
    "EconomicCode": ("经济分类科目", "economic codes"),
    "GovernmentEconomicCode": ("政府经济分类科目", "government economic codes"),
    "Place": ("地区", "places"),
    "Passage": ("原文段落", "passages"),
    "year": ("年度", "year"),
    "phase": ("阶段", "phase"),
}
#: What becomes of documents and figures from one publication to the next.
CHANGES: dict[str, tuple[str, str]] = {
    "added": ("新增", "added"),
    "changed": ("有变", "changed"),
    "withdrawn": ("撤下", "withdrawn"),
}
VERDICTS: dict[str, tuple[str, str]] = {
    "verdictHolds": ("相符", "holds"),
    "verdictRounding": ("舍入内相符", "holds within rounding"),
    "verdictContradicted": ("矛盾", "contradicted"),
    "verdictNotCheckable": ("无法核对", "not checkable"),
}
#: The verdicts of the ontology as findings spell them.
VERDICT_NAMES = {
    "verdictHolds": "holds",
    "verdictRounding": "holds within rounding",
    "verdictContradicted": "contradicted",
    "verdictNotCheckable": "not checkable",
}
TOKEN_CLASSES: dict[str, tuple[str, str]] = {
    "figure": ("数字", "figure"),
    "code": ("编码", "code"),
    "date": ("日期", "date"),
    "ordinal": ("序号", "ordinal"),
    "reference": ("引用", "reference"),
    "name": ("名称", "name"),
    "contact": ("联系方式", "contact"),
    "criterion": ("评分标准", "criterion"),
    "unaccounted": ("未说明", "unaccounted"),
}


UNITS: dict[str, tuple[str, str]] = {
    "CNY": ("元", "yuan"),
    "PERCENT": ("个百分点", "percentage points"),
    "PERSON": ("人", "persons"),
    "VEHICLE": ("辆", "vehicles"),
    "ITEM": ("个", "items"),
    "DAY": ("天", "days"),
    "HOUR": ("小时", "hours"),
    "SCORE": ("分", "points"),
    "TIMES": ("次", "times"),
    "TEU": ("标准箱", "TEU"),
    "OTHER": ("", ""),
}
TABLE_STATES: dict[str, tuple[str, str]] = {
    "filled": ("有数", "filled"),
    "declared empty": ("声明为空", "declared empty"),
    "blank": ("空白", "blank"),
    "not published": ("未公开", "not published"),
}
#: What the number of a figure is about (gk:subjectKind).
SUBJECT_KINDS: dict[str, tuple[str, str]] = {
    "function": ("功能分类科目", "functional code"),
    "economic": ("部门经济分类科目", "economic code"),
    "government-economic": ("政府经济分类科目", "government economic code"),
    "project": ("项目", "project"),
    "indicator": ("绩效指标", "indicator"),
    "assessment": ("评价得分", "assessment"),
    "staff": ("人员", "staff"),
    "asset": ("资产", "asset"),
    "agency": ("部门", "office"),
    "item": ("收支项目", "item"),
}
#: The classifications of ``ontology/codes`` by the ends of their IRIs, as short as beside a code.
CLASSIFICATIONS: dict[str, tuple[str, str]] = {
    "function": ("功能分类", "by function"),
    "economic-2007": ("支出经济分类（2007）", "by economic class (2007)"),
    "economic-2018": ("部门经济分类（2018）", "by economic class (2018)"),
    "government-economic-2018": ("政府经济分类（2018）", "by government economic class (2018)"),
}
#: All short codes that a cell of a result may hold; the official forms go by their ids.
CELL_WORDS: dict[str, tuple[str, str]] = {
    **{form.id: (form.zh, form.en) for form in FORMS},
    **TOKEN_CLASSES,
    **TABLE_STATES,
    **WORDS,
}


def say(words: dict[str, tuple[str, str]], code: str, language: str) -> str:
    """The word for a code in a language; the code itself if there is none."""
    index = 0 if language == "zh" else 1
    return words[code][index] if code in words else code
