"""
The rules of breaktime as pure functions. Laws of this folder:

1. Values in, values out: no clock, no I/O, no logging, standard library only.
2. Instants are aware datetimes in UTC. The wall clock is read in `when` only.
3. `who`, `what`, `when` and `cases` do not know each other; only `decide` has all the answers.
4. Nothing raises on any request, given a policy that `breaktime.config` has built.
"""
