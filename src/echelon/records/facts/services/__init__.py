"""What may be done with facts: types, recording, importing, references, rates, attestations."""
