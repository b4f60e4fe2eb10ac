"""Words or a question in Chinese or English become things, documents, passages and filled-in queries.

``terms`` cuts text into what is indexed, ``entries`` reads what there is from a snapshot, ``index`` keeps and searches
it, ``question`` recognises what a question names, ``offers`` fills canned queries with that, ``page`` answers
``/search``.
No language model takes part: every answer says which words matched what.
"""
