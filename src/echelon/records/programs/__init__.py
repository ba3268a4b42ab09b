"""Programs by version, never edited once in force."""
