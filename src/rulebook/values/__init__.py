"""The values that rules are made of: numbers, money, rates, dates, calendars, windows."""
