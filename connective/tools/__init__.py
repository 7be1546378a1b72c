"""External programs: found, checked for their version, run under a limit, their failures told."""
