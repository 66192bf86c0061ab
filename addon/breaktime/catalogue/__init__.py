"""
Catalogue: lists of names become platform files, and updates of all files come signed.

    lists        lines of a hosts file, a domain list, v2fly or AdGuard, as names
    importing    names as the text of a platform file that somebody reviews
    archive      platform files in one signed file, and out of it again
    changes      what an update would change, and what speaks against it
    install      an update put in force in one step, and taken back
"""
