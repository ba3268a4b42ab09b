"""All that changes enrollments: making, agreeing, ending, and each program's policy."""
