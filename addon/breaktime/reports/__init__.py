"""
Reports: what the log says of many, put together so that it says nothing of one.

    figures      rows, breakdowns, and what is too small to be shown
    query        the figures, by DuckDB over the files of the log themselves
    replay       what a policy answers to the facts of a record
    forms        text, table and page
"""
