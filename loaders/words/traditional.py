"""Traditional characters of official forms as their simplified fellows, so that both are recognised alike.

Folding is for recognition only: no text, label or quotation is altered by it. One character becomes one, so that places
stay. The table holds the characters of titles, headers, units, items and sentences about money, not all of Chinese.
"""

from __future__ import annotations

#: Each traditional character with its simplified one behind it.
_PAIRS = (
    # units, numbers, tables
    "萬万億亿單单圓元幣币額额數数總总計计餘余無无點点個个輛辆臺台場场條条間间級级類类項项編编碼码號号欄栏標标題题註注"
    "記记錄录報报頁页"
    # budgets and accounts
    "預预決决執执財财務务費费經经貼贴補补撥拨專专業业債债資资產产稅税國国權权購购貨货結结轉转繳缴餉饷領领賬账調调減减"
    "變变動动較较與与從从對对實实際际當当開开關关還还歸归屬属"
    # items
    "職职員员離离養养險险醫医療疗衛卫會会團团體体機机構构辦办處处區区縣县鎮镇鄉乡車车運运維维護护設设備备裝装館馆電电"
    "話话網网絡络郵邮術术諮咨詢询評评審审訓训講讲學学習习課课藝艺樂乐書书圖图畫画導导師师環环節节農农糧粮漁渔礦矿鐵铁"
    "銀银錢钱貸贷償偿獎奖勵励優优撫抚卹恤濟济災灾應应準准質质檢检驗验測测監监勞劳僱雇傷伤貧贫戶户殘残軍军隊队獄狱訴诉"
    "訟讼黨党紀纪檔档簡简義义釋释詞词說说"
    # words of sentences
    "為为約约達达這这來来們们時时長长後后並并將将於于歲岁幾几絕绝縮缩壓压擴扩擬拟訂订據据狀状況况績绩責责範范圍围內内"
    "參参"
)
_FOLD = {ord(old): new for old, new in zip(_PAIRS[::2], _PAIRS[1::2], strict=True)}


def fold(text: str) -> str:
    """``text`` with the traditional characters of official forms simplified; as long as ``text``."""
    return text if text.isascii() else text.translate(_FOLD)
