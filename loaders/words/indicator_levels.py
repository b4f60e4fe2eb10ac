"""First and second levels of performance indicators, as the frame of the Ministry of Finance has them (一级、二级指标)."""

from __future__ import annotations

import re

LEVEL2 = (
    "数量|质量|时效|成本|经济成本|社会成本|生态环境成本|经济效益|社会效益|生态效益|可持续影响|可持续发展|服务对象满意度|"
    "其他满意度|公众满意度|社会公众或服务对象满意度|社会公众满意度"
)
LEVEL1 = "产出|效益|满意度|成本|投入|管理|过程|决策|运行成本|履职效能|社会效应|可持续性|服务对象满意度"
AT_LEVEL2 = re.compile(rf"^(?P<level>{'|'.join(sorted(LEVEL2.split('|'), key=len, reverse=True))})(?P<word>指标)?")
AT_LEVEL1 = re.compile(rf"^(?P<level>{'|'.join(sorted(LEVEL1.split('|'), key=len, reverse=True))})(?P<word>指标)")
#: the frame of the Ministry of Finance: which first level a second level belongs to
PARENT = {
    "数量": "产出", "质量": "产出", "时效": "产出", "成本": "产出",
    "经济效益": "效益", "社会效益": "效益", "生态效益": "效益",
    "可持续影响": "效益", "可持续发展": "效益", "服务对象满意度": "满意度", "其他满意度": "满意度", "经济成本": "成本",
    "社会成本": "成本", "生态环境成本": "成本",
}  # fmt: skip
