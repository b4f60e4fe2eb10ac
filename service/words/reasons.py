"""Why a file was not read, or only partly, in Chinese: the loaders say it in English, by the templates below.

A later way would be a code and its values; until then this table is the one place of both wordings, and a test holds
that every reason which the loaders can give stands in it.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: The loaders' templates, ``{}`` for a value, and what they say. Whole sentences and parts of them.
REASONS: dict[str, str] = {
    # What is wrong with a file.
    "there is no such file": "没有这个文件",
    "it changed while it was being built": "构建期间文件有改动",
    "Build again once nothing writes to it any more": "等不再有程序写入该文件时重新构建",
    "{} machines were lost one after the other while they converted it": "先后有 {} 台机器在转换它时失去联系",
    "Build again; if it happens again, leave the file out": "请重新构建；若再次发生，请不要放入该文件",
    "this is a folder": "这是文件夹",
    "this is not a file": "这不是文件",
    "it is no regular file": "这不是普通文件",
    "the folder holds no documents": "文件夹中没有文件",
    "the file is binary, not text": "这是二进制文件，不是文字",
    "cannot be opened ({})": "无法打开（{}）",
    "it cannot be read ({})": "无法读取（{}）",
    "the file is empty": "文件是空的",
    "the file holds no text": "文件中没有文字",
    "the page holds no text": "网页中没有文字",
    "the page cannot be parsed ({})": "网页无法解析（{}）",
    "it has {} bytes, more than the limit of {}": "文件有 {} 字节，超过上限 {}",
    "the file has {} bytes, the limit is {}": "文件有 {} 字节，上限为 {}",
    "its {} parts unpack to {} bytes": "其中 {} 个部件解压后共 {} 字节",
    "the file needs more memory than there is": "读取此文件所需的内存超过现有内存",
    "it needs more memory than it may use": "读取所需的内存超过允许的上限",
    "reading it takes more than {} seconds": "读取超过 {} 秒",
    "the file is locked with a password": "文件有密码保护",
    "the file is damaged ({}: {})": "文件已损坏（{}：{}）",
    "the archive is damaged ({})": "压缩结构已损坏（{}）",
    "its part {} declares XML entities, which no office program does": "部件 {} 声明了 XML 实体，办公软件不会这样做",
    "this is a file of the old binary Office format": "这是旧的二进制 Office 格式",
    "the file is no Excel file": "这不是 Excel 文件",
    "the bytes are neither UTF-8 nor GB18030": "既不是 UTF-8 也不是 GB18030 编码",
    "the file is no PDF: it does not begin with %PDF": "这不是 PDF：开头没有 %PDF",
    "the PDF is locked with a password": "PDF 有密码保护",
    "the PDF is damaged ({}: {})": "PDF 已损坏（{}：{}）",
    "the PDF has more than {} pages": "PDF 超过 {} 页",
    "the PDF needs more memory than there is": "读取此 PDF 所需的内存超过现有内存",
    "the PDF is beyond what is read: {}": "PDF 超出可读范围：{}",
    "a stream inflates to more than {} bytes": "有一段数据解压后超过 {} 字节",
    "a font names a range of more than {} glyphs": "有一种字体列出的字形超过 {} 个",
    "a page draws more than {} glyphs and lines": "有一页的字形和线条超过 {} 个",
    "a page takes more than {} seconds": "有一页的读取超过 {} 秒",
    "none of its {} pages can be read: they have {}": "全部 {} 页都无法读取：{}",
    "no reader takes files that end in {}": "不能读取以 {} 结尾的文件",
    "this is {}, which no reader takes": "这是{}，不能读取",
    "the text is no budget (部门预算), final account (部门决算) or performance evaluation (绩效评价)":
        "文字不是部门预算、部门决算或绩效评价",
    "the text is no budget (部门预算), final account (部门决算) or performance evaluation (绩效评价): {}":
        "文字不是部门预算、部门决算或绩效评价：{}",
    # What it is instead.
    "it is a form to be filled in (模板): names and amounts in it are placeholders":
        "这是待填写的模板，其中的名称和金额是占位符",
    "it is an inspection sheet about published documents (检查表), and none of them itself":
        "这是对公开文件的检查表，本身不是预算或决算",
    "it is a form with which something is applied for (申请表)": "这是申请用的表格",
    "it is a letter about such documents (通知、批复、办法), and none of them itself":
        "这是关于此类文件的通知、批复或办法，本身不是预算或决算",
    "it is a web page that lists or wraps documents: they are in its attachments":
        "这是列出或包含文件的网页，文件在其附件中",
    "its pages are scans, recognised as pictures (OCR), and its titles may be garbled":
        "各页是扫描图像，由图像识别而得（OCR），标题可能有误",
    "the process that converted it died, perhaps for lack of memory": "转换它的进程中途结束，可能是内存不足",
    "it was not converted within the limit of {} seconds": "未能在 {} 秒的时限内转换完毕",
    "the loaders fail on it: {}: {} ({}:{})": "程序处理时出错：{}：{}（{}:{}）",
    "its content has changed: SHA-256 {}, in the catalogue {}": "内容已改变：SHA-256 为 {}，目录中为 {}",
    # Kinds of files that no reader takes.
    "a Word file of the years before 2007": "2007 年以前的 Word 文件",
    "a WPS text": "WPS 文字文件",
    "a rich text": "RTF 文件",
    "an OpenDocument file": "OpenDocument 文件",
    "an OpenDocument sheet": "OpenDocument 表格",
    "a WPS sheet": "WPS 表格",
    "a binary Excel file": "二进制 Excel 文件",
    "a set of slides": "幻灯片",
    "an OFD file (版式文件)": "OFD 版式文件",
    "a CEB file (版式文件)": "CEB 版式文件",
    "a picture": "图片",
    "an archive": "压缩包",
    # Why pages are not read.
    "fonts that name no characters": "字体没有对应的字符",
    "no text, only a picture": "没有文字，只有图像",
    "no text, only drawn shapes": "没有文字，只有图形",
    "no text": "没有文字",
    "Tesseract finds no characters in it": "Tesseract 没有识别出文字",
    "Tesseract fails on it": "Tesseract 识别失败",
    "it cannot be drawn": "无法绘制",
    "drawing it takes more than {} seconds (GONGKAI_OCR_SECONDS)": "绘制超过 {} 秒（GONGKAI_OCR_SECONDS）",
    "recognising it takes more than {} seconds (GONGKAI_OCR_SECONDS)": "识别超过 {} 秒（GONGKAI_OCR_SECONDS）",
    "{}, and {} pages are recognised already (GONGKAI_OCR_PAGES)": "{}，且已识别 {} 页（GONGKAI_OCR_PAGES）",
    "{} (not recognised: GONGKAI_OCR is off)": "{}（未识别：GONGKAI_OCR 已关闭）",
    "{} (not recognised: Tesseract with {} is not installed)": "{}（未识别：没有安装带 {} 的 Tesseract）",
    "page {} has {}": "第 {} 页：{}",
    "pages {} has {}": "第 {} 页：{}",
    "page {} recognised in a picture (OCR): characters may be wrong": "第 {} 页由图像识别而得（OCR），文字可能有误",
    "pages {} recognised in a picture (OCR): characters may be wrong": "第 {} 页由图像识别而得（OCR），文字可能有误",
    "each of the pages {} has {}": "第 {} 页：{}",
    "each of the pages {} recognised in a picture (OCR): characters may be wrong":
        "第 {} 页由图像识别而得（OCR），文字可能有误",
    "pictures, whose numbers are not read": "有图片，图片中的数字未读",
    # What is lacking in a file that is read.
    "{} glyphs have no character in the PDF": "PDF 中有 {} 个字形没有对应的字符",
    "sheet {}: rows beyond {} are not read": "工作表 {}：第 {} 行以后未读",
    "sheet {}: formulas without a value, {} numbers are missing: {}":
        "工作表 {}：公式没有保存计算结果，缺少 {} 个数字：{}",
    "read as {}": "按 {} 编码读取",
    "named {}, read as {}, which it is": "文件名以 {} 结尾，实为 {}，按其实际格式读取",
    "without an ending": "无后缀",
    "no budget, final account or evaluation was recognised in the text": "文字中没有认出部门预算、部门决算或绩效评价",
    "the text states no fiscal year; catalogue.toml can give it as fiscal_year":
        "文字没有写明年度；可在 catalogue.toml 中以 fiscal_year 给出",
    "the text names no office; catalogue.toml can give it as agency":
        "文字没有写明部门；可在 catalogue.toml 中以 agency 给出",
    "{} of {} numbers are unaccounted for": "{} 个数字无法解释，共 {} 个",
    "{} of {} figures have no certain column": "{} 个数字所在的栏未定，共 {} 个",
    "no figure was found in it": "没有找到数字",
    "the same content as {}": "内容与 {} 相同",
    "what the store held of it stays": "数据库中原有的内容保留不变",
    "the store holds {}; this is read anew, with another text or id, as {}, and that one stays as superseded":
        "数据库中已有 {}；此次读出的文字或编号不同，记为 {}，原有的一份保留为已被取代",
    "the store holds {}; this is a new version of it: {}, and that one stays as superseded":
        "数据库中已有 {}；这是它的新版本 {}，原有的一份保留为已被取代",
    "another document of the same office, year and kind is {}; this one is {}":
        "同一部门、年度、种类另有文件 {}；此文件记为 {}",
    # What to do.
    "If it replaces that one, say so in catalogue.toml with replaces":
        "如果它取代那一份，请在 catalogue.toml 中以 replaces 写明",
    "Put documents into it, or name another folder": "请放入文件，或指定另一个文件夹",
    "the file is cut off: it ends in the middle of a character, at byte {}":
        "文件不完整：在第 {} 字节处的一个字中间中断",
    "Download it again": "请重新下载",
    "Give a text file, or a format that `gongkai build --help` lists":
        "请给出文字文件，或 `gongkai build --help` 所列的格式",
    "Check the name and the folder": "请检查文件名和文件夹",
    "Name a file, or a folder of files": "请指定文件或文件夹",
    "Name a file, or a folder to `gongkai build`": "请指定文件，或为 `gongkai build` 指定文件夹",
    "Check the path": "请检查路径",
    "Check the path and its permissions": "请检查路径和权限",
    "Make it readable": "请使其可读",
    "Make it readable, or move it": "请使其可读，或将其移走",
    "Split the file, or raise GONGKAI_MAX_FILE_BYTES": "请拆分文件，或调高 GONGKAI_MAX_FILE_BYTES",
    "Split it, or raise GONGKAI_MAX_FILE_BYTES": "请拆分文件，或调高 GONGKAI_MAX_FILE_BYTES",
    "Split it, or raise GONGKAI_MAX_PAGES": "请拆分文件，或调高 GONGKAI_MAX_PAGES",
    "Split it, or raise GONGKAI_MAX_READ_SECONDS": "请拆分文件，或调高 GONGKAI_MAX_READ_SECONDS",
    "Split it into smaller files": "请拆分成较小的文件",
    "Look into it, or raise GONGKAI_MAX_UNPACKED_BYTES": "请查看文件，或调高 GONGKAI_MAX_UNPACKED_BYTES",
    "Raise GONGKAI_CONVERT_SECONDS, or leave the file out": "请调高 GONGKAI_CONVERT_SECONDS，或不载入此文件",
    "Raise GONGKAI_CONVERT_MEMORY_BYTES, or leave the file out": "请调高 GONGKAI_CONVERT_MEMORY_BYTES，或不载入此文件",
    "Give it more memory, or leave the file out": "请增加内存，或不载入此文件",
    "This is a defect of Gongkai; report it with the file": "这是程序的缺陷，请连同文件一起报告",
    "Leave it out, or give it an entry in catalogue.toml": "请不载入它，或在 catalogue.toml 中为它写一条",
    "Its pages may be pictures: recognise their text first": "各页可能是图像：请先识别文字",
    "Save it from the browser, when it has been shown in full": "请在浏览器中完整显示后另存",
    "Save it from the browser again": "请用浏览器重新保存",
    "Publish or download it again": "请重新发布或下载",
    "Download it again, or save it anew": "请重新下载或另存",
    "Download it again, or print it to a new PDF": "请重新下载，或打印成新的 PDF",
    "Print it to a new PDF and try again": "请打印成新的 PDF 再试",
    "Check that it is the right file": "请确认文件无误",
    "Save it as .docx or .xlsx and try again": "请另存为 .docx 或 .xlsx 再试",
    "Save it without its password and try again": "请去掉密码另存后再试",
    "Open it with its password, save it without one and try again": "请用密码打开，去掉密码另存后再试",
    "Do not open it": "请不要打开它",
    "Look into it, and name it as what it is": "请查看内容，并按其实际格式命名",
    "Save the file as UTF-8 and try again": "请以 UTF-8 编码保存后再试",
    "Save it as UTF-8": "请以 UTF-8 编码保存",
    "Readable are {}": "可读取的有 {}",
    "Save it as .docx (in Word or WPS, or by `soffice --headless --convert-to docx FILE`) and try again":
        "请（用 Word、WPS 或 `soffice --headless --convert-to docx FILE`）另存为 .docx 再试",
    "Save it as .xlsx (in Excel or WPS, or by `soffice --headless --convert-to xlsx FILE`) and try again":
        "请（用 Excel、WPS 或 `soffice --headless --convert-to xlsx FILE`）另存为 .xlsx 再试",
    "Save or print it as a PDF and try again": "请另存或打印为 PDF 再试",
    "Unpack it, and name the files in it": "请解压后指定其中的文件",
    "Install Tesseract with its Chinese data (tesseract-ocr, tesseract-ocr-chi-sim) and try again, or recognise the "
    "text first (`ocrmypdf -l chi_sim IN OUT`) and read the result":
        "请安装带中文数据的 Tesseract（tesseract-ocr、tesseract-ocr-chi-sim）再试，或先识别文字"
        "（`ocrmypdf -l chi_sim IN OUT`）再读取结果",
    "Restore the file, or set sha256 of {} in {} anew": "请恢复文件，或重新填写 {} 在 {} 中的 sha256",
}  # fmt: skip


@lru_cache(maxsize=1)
def _list_patterns() -> list[tuple[re.Pattern[str], str]]:
    """The templates as patterns, those with most words of their own first."""
    ordered = sorted(REASONS, key=lambda t: -len(t.replace("{}", "")))
    return [
        (re.compile(re.escape(t).replace(re.escape("{}"), "(.+?)") + r"(?=\.? (?=[A-Z])|\.?$)", re.DOTALL), REASONS[t])
        for t in ordered
    ]


def say_reason(text: str, language: str) -> str:
    """A reason of the loaders in a language: ``zh``, or ``en`` as they say it. What stands in no template stays."""
    if language != "zh":
        return text
    sentences = []
    rest = text.strip()
    while rest:
        found = next(((m, zh) for p, zh in _list_patterns() if (m := p.match(rest))), None)
        if found is None:
            break
        match, words = found
        sentences.append(words.format(*(_say_part(value) for value in match.groups())))
        rest = rest[match.end() :].lstrip(". ")
    return "。".join([*sentences, *([rest] if rest else [])]) + ("。" if sentences and not rest else "")


def _say_part(value: str) -> str:
    """A value in a template, which may be words of ours again: ``a picture``, reasons joined by ``;``."""
    parts = []
    for part in value.split("; "):
        whole = next(((m, zh) for p, zh in _list_patterns() if (m := p.fullmatch(part))), None)
        parts.append(whole[1].format(*(_say_part(v) for v in whole[0].groups())) if whole else part)
    return "；".join(parts)
