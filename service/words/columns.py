"""What the columns of exported tables are called, and what stands in them; the ontology names the rest."""

from __future__ import annotations

#: By table: Chinese and English title, what a row is.
TABLE_WORDS: dict[str, tuple[str, str, str]] = {
    "figures": ("数字", "figures", "One stated number with its meaning; the same amount may be printed several times."),
    "quantities": ("部门表数量", "sheet quantities", "One accepted line of an office sheet; each amount stands once."),
    "projects": ("项目", "projects", "A project with the first figure that states its money in the document."),
    "indicators": ("绩效指标", "indicators", "An indicator with its target."),
    "duties": ("职责", "duties", "One duty of an office or of a division."),
}
#: By column: Chinese and English title, for those that no single property fills, or that need more words.
COLUMN_WORDS: dict[str, tuple[str, str]] = {
    "iri": ("标识", "IRI of the row's thing"),
    "document": ("所在文件", "IRI of the document"),
    "document_kind": ("文件种类", "kind of document: budget, accounts, evaluation"),
    "agency_label": ("部门名称", "name of the document's office"),
    "year": ("文件年度", "fiscal year of the document"),
    "place": ("行政区划代码", "GB/T 2260 code of the office's place"),
    "fiscal_year": ("所属年度", "year that the row is about"),
    "evidence": ("原文位置", "IRI of the characters that state it"),
    "amount": ("金额（元）", "amount in yuan"),
    "figure": ("载明金额的数字", "figure that states the amount"),
    "start": ("起始字符", "first character in the document's text"),
    "end": ("结束字符", "character behind the last one"),
}
