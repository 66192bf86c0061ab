"""
Reports: what the log says of many, or of one person to that person, and of nobody else.

    figures      rows, breakdowns, and what is too small to be shown
    overlap      the same for teams, which share people
    lines        one file of the log as columns
    known        which columns this account has made, and of what
    gather       the columns of a whole log
    query        the figures, by DuckDB over the columns
    replay       what a policy answers to the facts of a record
    subject      all about one person, for that person
    bundle       the same in one folder, with what it takes to check it
    check_proof  checks a proof, for the other side of the table; it imports nothing of ours
    forms        text, table and page
"""
