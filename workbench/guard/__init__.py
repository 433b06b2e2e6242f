"""What may be said and done: tools and their risk, masking of personal data."""
