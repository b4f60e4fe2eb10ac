"""The comparison that the conformance tests rest on: what is the same answer, and what is not."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from tests.service.w3c_suite import Table, read_result_graph, read_table, same_graphs, same_tables

TSV = "?a\t?b\n{}"


def table(rows: str) -> Table:
    found = read_table(TSV.format(rows).encode("utf-8"), ".tsv")
    assert isinstance(found, Table)
    return found


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1\t2\n3\t4\n", "3\t4\n1\t2\n"),
        ("1.0\t2\n", "1.00\t+2\n"),
        ("_:a\t_:b\n_:b\t_:a\n", "_:x\t_:y\n_:y\t_:x\n"),
        ("_:a\t1\n_:b\t2\n", "_:x\t2\n_:y\t1\n"),
        (
            '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>\t\n',
            '"1"^^<http://www.w3.org/2001/XMLSchema#boolean>\t\n',
        ),
        ('"x"@EN\t\n', '"x"@en\t\n'),
    ],
)
def test_same_answers(left: str, right: str) -> None:
    assert same_tables(table(left), table(right), ordered=False)


@pytest.mark.parametrize(
    ("left", "right", "ordered"),
    [
        ("1\t2\n3\t4\n", "3\t4\n1\t2\n", True),
        ("1\t2\n", "1\t2\n1\t2\n", False),
        ("1\t2\n1\t2\n3\t4\n", "1\t2\n3\t4\n3\t4\n", False),
        ("1\t2\n", "2\t1\n", False),
        ("1\t\n", "1\t1\n", False),
        ("1\t1\n", "1.0\t1\n", False),
        ('"1"\t1\n', "1\t1\n", False),
        ("_:a\t_:b\n", "_:x\t_:x\n", False),
        ("_:a\t_:a\n", "_:x\t_:y\n", False),
        ("_:a\t_:b\n_:b\t_:a\n", "_:x\t_:y\n_:x\t_:y\n", False),
        ('"x"@en\t1\n', '"x"@zh\t1\n', False),
        ("<http://x/a>\t1\n", '"http://x/a"\t1\n', False),
    ],
)
def test_other_answers(left: str, right: str, ordered: bool) -> None:
    assert not same_tables(table(left), table(right), ordered)


def test_other_columns_are_another_answer() -> None:
    one, other = read_table(b"?a\n1\n", ".tsv"), read_table(b"?b\n1\n", ".tsv")
    assert isinstance(one, Table)
    assert isinstance(other, Table)
    assert not same_tables(one, other, ordered=False)


def test_csv_and_its_blank_nodes() -> None:
    one, other = read_table(b"a,b\r\n_:x,1.0\r\n", ".csv"), read_table(b"a,b\n_:y,1\n", ".csv")
    assert isinstance(one, Table)
    assert isinstance(other, Table)
    assert same_tables(one, other, ordered=True)


def test_graphs() -> None:
    def parse(text: str) -> list[ox.Triple]:
        return [quad.triple for quad in ox.parse(text, ox.RdfFormat.TURTLE, base_iri="http://x/")]

    assert same_graphs(parse("_:a <p> _:b . _:b <p> 1.0 ."), parse("_:y <p> 1.00 . _:x <p> _:y ."))
    assert not same_graphs(parse("_:a <p> _:b ."), parse("_:a <p> _:a ."))
    assert not same_graphs(parse("<a> <p> 1 ."), parse("<a> <p> 1.0 ."))


def test_a_result_set_written_as_a_graph() -> None:
    text = b"""@prefix rs: <http://www.w3.org/2001/sw/DataAccess/tests/result-set#> .
        [] a rs:ResultSet ; rs:resultVariable "a", "b" ;
           rs:solution [ rs:binding [ rs:variable "a" ; rs:value <x> ] ] ,
                       [ rs:binding [ rs:variable "a" ; rs:value 1 ] , [ rs:variable "b" ; rs:value 2 ] ] ."""
    found = read_result_graph(text, "http://x/")
    assert isinstance(found, Table)
    assert same_tables(found, table("<http://x/x>\t\n1\t2\n"), ordered=False)
