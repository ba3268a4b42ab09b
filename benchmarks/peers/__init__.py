"""Who else does the work, written by hand as well as we could, in exact arithmetic.

A peer's numbers are integers from end to end: money in minor units, rates in units of 10**-10,
`(cents * rate + 5 * 10**9) // 10**10` being the conversion rounded half away from zero (amounts are
positive). What is small (families, spans, rates, bars) is prepared once, untimed, as it is for us.
"""
