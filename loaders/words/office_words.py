"""The general vocabulary of Chinese government offices: what each is called in full, for short, and in English.

What kinds of offices there are follows from the institutional reforms of the State Council and their counterparts in
provinces, cities and counties (2003, 2008, 2013, 2018, 2023); short forms are those that offices use of themselves.
No office of any place is named here, and no successor is taken for its predecessor: 安监局 is no 应急管理局.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Duty:
    """What offices of one kind are for: ``short`` as they say it, ``full`` in other words, ``english`` in English.

    ``full`` are written without 和, 与, 及 and 、, which names have or leave out. ``english`` are the words that tell
    it from others; what every office may be called (bureau, administration, affairs) is left out.
    """

    short: str
    full: tuple[str, ...] = ()
    english: tuple[str, ...] = ()


def _list_duties() -> tuple[Duty, ...]:
    rows = (line.split("|") for line in _DUTIES.strip().splitlines())
    return tuple(Duty(short, tuple(full.split()), tuple(e.strip() for e in english.split(";") if e.strip()))
                 for short, full, english in rows)  # fmt: skip


#: short form | other forms | English, one kind of office a line.
_DUTIES = """
发改|发展改革 发改革|development reform
经信|经济信息化|economy information technology; economy informatization; economy information
工信|工业信息化|industry information technology; industry informatization
经贸|经济贸易|economy trade
教育||education
教体|教育体育|education sport
科技|科学技术|science technology
科创|科技创新 科学技术创新|science technology innovation
民宗|民族宗教事务 民族宗教|ethnic religious; ethnic religion
民族|民族事务|ethnic
宗教|宗教事务|religious; religion
公安||public security
国安|国家安全|state security; national security
民政||civil
司法|司法行政|justice
财政||finance
人社|人力资源社会保障|human resource social security
自然资源||natural resource
规自|规划自然资源|planning natural resource
资规|自然资源规划|natural resource planning
国土资源|国土|land resource
规划国土|规划国土资源|planning land resource
环保|环境保护|environmental protection; environment protection
生态环境||ecology environment; ecological environment
住建|住房城乡建设 住房建设 城乡建设|housing urban rural development; housing construction; housing development
房管|房产管理 房屋管理 住房保障房屋管理|housing
城管|城市管理综合执法 城市管理综合行政执法 城市管理|urban; urban comprehensive law enforcement
综合执法|综合行政执法|comprehensive law enforcement
交通|交通运输|transport; transportation; traffic transport
公路|公路管理|highway
港航|港航管理|port shipping
水利||water resource; water conservancy
水务||water; water authority
农业农村|农农|agriculture rural
农业||agriculture
林业||forestry
园林|园林绿化 园林管理|garden; landscape; park garden
渔业|海洋渔业|fishery; ocean fishery
商务||commerce
文旅|文化旅游|culture tourism
文广旅|文化广电旅游 文化广播电视旅游|culture radio television tourism; culture radio tv tourism
文广旅体|文化广电旅游体育 文广体旅|culture radio television tourism sport; culture radio tv tourism sport
文广新|文化广电新闻出版|culture radio television press publication
卫健|卫生健康|health
卫计|卫生计划生育 卫生计生|health family planning
计生|人口计划生育 计划生育 人口计生|population family planning; family planning
卫生||public health
退役军人|退役军人事务|veteran
应急|应急管理|emergency
安监|安全生产监督管理 安全生产监管 安全监管 安全监督管理|work safety; safety production; production safety
审计||audit
国资|国有资产监督管理 国有资产监管 国有资产管理|state owned asset; state asset
市监|市场监督管理 市场监管|market regulation; market supervision; market
工商|工商行政管理|industry commerce
质监|质量技术监督|quality technical; quality technology
食药监|食品药品监督管理 食品药品监管|food drug
药监|药品监督管理 药品监管|drug; medical product
知识产权|知识产权保护|intellectual property
金融监管|地方金融监督管理 地方金融监管 地方金融管理|local financial; local finance; financial
体育||sport
统计||statistic
医保|医疗保障|healthcare security; health care security; medical insurance; medical security; health security
信访||complaint proposal; petition; letter call; public complaint proposal
粮储|粮食物资储备|grain material reserve; food strategic reserve; grain reserve
粮食||grain
机关事务|机关事务管理 机管|government office; organ
口岸||port
外事||foreign
外办|外事办|foreign
侨务|侨务事务|overseas chinese
港澳|港澳事务|hong kong macao; hong kong macau
台|台湾事务 台湾工作|taiwan
政数|政务服务数据管理 政务服务数据|government service data; government data
数据|大数据管理 大数据发展管理 大数据发展 大数据 数据资源管理|data; big data; data resource; big data development
政务服务|政务服务管理|government service
行政审批|行政审批服务|administrative approval; administrative examination approval
公积金|住房公积金管理 住房公积金|housing provident fund
公共资源交易|公资交易|public resource trading
烟草|烟草专卖|tobacco; tobacco monopoly
气象||meteorological; meteorology
地震||earthquake
税务||tax; taxation
邮政|邮政管理|postal; post
档案||archive
扶贫|扶贫开发|poverty alleviation; poverty alleviation development
乡村振兴||rural revitalization; rural revitalisation
移民|水库移民 移民管理|resettlement; immigration
人防|人民防空 民防|civil air defence; civil air defense
建筑工务|建筑工务管理|public work; construction work
招商|投资促进 招商引资 投资合作促进|investment promotion
史志|地方志 党史地方志 地方史志|local chronicle; history
交警|公安局交通警察 公安局交警 公安交通警察 公安交警 公安局交通管理 公安交通管理 交通警察|traffic police
消防|消防救援|fire rescue; fire
海事||maritime
政法|政法委|political legal
编|机构编制委 机构编制|institutional establishment; staffing
巡察|巡察工作|inspection
贸促|国际贸易促进 贸易促进|international trade promotion; trade promotion
妇联|妇女联合会|woman federation
残联|残疾人联合会|disabled person federation; disability federation
工商联|工商业联合会|industry commerce federation
文联|文学艺术界联合会|literary art circle federation; literary art federation
社科联|社会科学界联合会|social science federation; social science circle federation
科协|科学技术协会|science technology association
侨联|归国华侨联合会|returned overseas chinese federation
作协|作家协会|writer association
红十字会||red cross
供销社|供销合作联合社 供销合作社 供销社联合社|supply marketing cooperative
总工会|工会联合会|trade union federation; trade union
团委|共青团委|communist youth league
政协|政协委|cppcc; political consultative conference
人大|人民代表大会常务委 人大常委会 人大常委 人民代表大会|people congress; people congress standing
政府|人民政府|
宣传||publicity
组织||organization; organisation
统战|统一战线工作|united front; united front work
纪委|纪律检查委 纪检委|discipline inspection
监委|监察委|supervisory; supervision
法院|人民法院|court; people court
中院|中级人民法院 中级法院|intermediate court; intermediate people court
高院|高级人民法院 高级法院|high court; high people court; higher people court
检察院|人民检察院|procuratorate; people procuratorate
管委|管理委|
"""
DUTIES = _list_duties()

#: Ends of names that are written in full or for short, wherever they stand.
ENDS = (("委员会", "委"), ("办公室", "办"), ("办公厅", "办"))
#: What parts of a name may be joined by, and what is left out as often as not.
JOINTS = "和与及暨、"
#: What an office does with its duty; names for short leave it out.
DOING = ("监督", "管理", "服务", "事务", "工作", "业务", "综合")
#: The one character that says what kind of body it is. A 中心, 站 or 所 is another office than the 局 of its duty.
BODIES = ("局", "厅", "委", "办", "部", "院", "署")
#: The body that offices of a duty usually are, where it is no 局: a 卫生健康局 of a county is of one kind with the 卫健委 above it.
USUAL_BODY = "局"
BODY_OF = {
    duty: body
    for body, duties in (
        ("委", "发改 卫健 卫计 计生 国资 政法"), ("办", "口岸 外事 侨务 港澳 台 编 人防 扶贫 史志 巡察"), ("部", "宣传 组织 统战"),
    )
    for duty in duties.split()
}  # fmt: skip
#: Bodies above offices, before the name of the place that they are of. 国家税务总局深圳市税务局 is 深圳市税务局.
ABOVE = (
    ("中国人民政治协商会议", "政协"), ("中国共产主义青年团", "共青团"), ("共青团", "共青团"), ("中国共产党", ""),
    ("中共", ""), ("中华人民共和国", ""), ("国家税务总局", ""), ("国家统计局", ""),
)  # fmt: skip
#: Words of English names that any office may have.
ENGLISH_BODIES = frozenset((
    "bureau", "office", "department", "commission", "committee", "administration", "agency", "authority", "center",
    "centre", "division", "affair", "service", "management", "supervision", "general", "work", "people", "government",
    "municipal", "municipality", "city", "provincial", "province", "district", "county", "prefecture", "autonomous",
    "region", "regional", "party", "cpc", "of", "the", "and", "for", "in", "at", "s",
))  # fmt: skip
