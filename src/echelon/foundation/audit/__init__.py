"""Who did what, when, from what to what: written by the service that writes."""
