"""
Reports: what the log says of many, or of one person to that person, and of nobody else.

    figures      rows, breakdowns, and what is too small to be shown
    query        the figures, by DuckDB over the files of the log themselves
    replay       what a policy answers to the facts of a record
    subject      all about one person, for that person
    forms        text, table and page
"""
